"""How the features of a reduced network compare with those of the unpruned one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import FloatArray, IntArray, read_only


@dataclass(frozen=True, eq=False)
class LayerFeatures:
    """The tokens that leave one layer, each beside the unpruned network's token.

    A token is compared with the unpruned token of the patch whose number it has, after
    the same layer. A merged token has the number of the token that it was merged into,
    so it is compared with that patch alone. A token that a method added has no patch
    and is left out.

    `tokens` (K,) are patch numbers. `similarity` (K,) is the cosine. `colors` (K, 3)
    uint8 are the three main directions (PCA) in which the unpruned network's patches
    differ in this layer, as red, green and blue: the same for every method.
    `class_similarity` is the cosine of the class tokens, None where there is none.
    `cka` is the linear CKA (Kornblith et al., 2019) of these tokens and the unpruned
    ones of the same patches: 1 where both tell the patches apart in the same way. It is
    None where the tokens do not differ, as one token alone does not.
    """

    tokens: IntArray
    similarity: FloatArray
    colors: NDArray[np.uint8]
    class_similarity: float | None
    cka: float | None

    def __post_init__(self) -> None:
        for name, dtype in (
            ("tokens", np.int32),
            ("similarity", np.float32),
            ("colors", np.uint8),
        ):
            object.__setattr__(self, name, read_only(getattr(self, name), dtype))


@dataclass(frozen=True, eq=False)
class Features:
    """What a method made of one image's features, layer by layer."""

    layers: tuple[LayerFeatures, ...]
