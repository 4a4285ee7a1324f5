"""A loaded network, as far as a window or a report needs to know it."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.photos.geometry import InputSpec


@dataclass(frozen=True)
class ModelInfo:
    """The loaded backbone, as far as a window or a report needs to know it.

    `weights_note` says in one plain sentence where the weights come from; if they
    are random, `is_random` is True and the note says why. `checksum` is of the weights
    themselves: what was made with others is not of this network.
    """

    model: str
    weights: str
    weights_note: str
    is_random: bool
    device: str
    device_name: str
    precision: str
    parameters: int
    depth: int
    width: int
    heads: int
    patch: tuple[int, int]
    grid: tuple[int, int]
    prefix_tokens: int
    has_class_token: bool
    class_names: tuple[str, ...] | None
    input_spec: InputSpec
    checksum: str = ""
