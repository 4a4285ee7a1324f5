"""What a result is of: a network as it was asked for, a method, and edits."""

from __future__ import annotations

import operator
from collections.abc import Iterable
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
class Edits:
    """What the user decides about patches of one image, in the network's own grid.

    Patches that are `pinned` never leave, as long as there are others to remove.
    Patches that are `forced` leave before all others, in the first layers that remove
    any. Both are patch numbers, kept in rising order and each once; a patch that is
    both is pinned. Raises ValueError for what is no patch number.
    """

    pinned: tuple[int, ...] = ()
    forced: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        pinned = _patch_numbers("pinned", self.pinned)
        forced = _patch_numbers("forced", self.forced)
        object.__setattr__(self, "pinned", tuple(sorted(pinned)))
        object.__setattr__(self, "forced", tuple(sorted(forced - pinned)))

    def __bool__(self) -> bool:
        return bool(self.pinned or self.forced)


def _patch_numbers(field: str, values: Iterable[int]) -> set[int]:
    try:
        numbers = {operator.index(value) for value in values}
    except TypeError:
        numbers = {-1}
    if any(number < 0 for number in numbers):
        raise ValueError(f"{field} is {values!r}; allowed: patch numbers from 0 on.")
    return numbers


NO_EDITS = Edits()


@dataclass(frozen=True)
class Subject:
    """A method on a network: what a picture, a prediction or a timing is of.

    `edits` are those of the photo in question, in this network's grid.
    """

    model: ModelSpec
    method: MethodBase
    edits: Edits = NO_EDITS
