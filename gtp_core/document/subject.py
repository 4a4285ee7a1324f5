"""What a result is of: a network as it was asked for, and a method."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.methods import MethodBase

DEVICES = ("auto", "cpu", "cuda", "mps")
"""Where a network may run; "auto" is the fastest device there is."""
PRECISIONS = ("float32", "float16", "bfloat16")
"""Number formats of weights and images."""


@dataclass(frozen=True)
class ModelSpec:
    """A network as it was asked for.

    `weights` is "auto" (bundled or pretrained), "random" or the path of a file;
    `image_size` is the side of the input in pixels, None for the network's own;
    `seed` decides random weights. Raises ValueError for an unknown device or
    precision.
    """

    name: str = "demo"
    weights: str = "auto"
    device: str = "auto"
    precision: str = "float32"
    image_size: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for field, allowed in (("device", DEVICES), ("precision", PRECISIONS)):
            value = getattr(self, field)
            if value not in allowed:
                raise ValueError(
                    f"{field} is {value!r}; allowed: {', '.join(allowed)}."
                )


@dataclass(frozen=True)
class Subject:
    """A method on a network: what a picture, a prediction or a timing is of."""

    model: ModelSpec
    method: MethodBase
