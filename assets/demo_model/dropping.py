"""Which patches a training step leaves out, at the input and layer by layer.

A network that will lose tokens should have met that in training, but not in the way
of any one method: then a comparison of methods would favour it. So the patches are
ranked at random, in three ways that differ in how much alike the lost ones are.
"""

from __future__ import annotations

from enum import Enum

import torch
from torch import Tensor
from torch.nn import functional


class Ranking(Enum):
    """How patches are ranked before the last ones are left out."""

    SCATTERED = "each by itself"
    REGIONS = "neighbours together: a smooth random field"
    LOOKALIKES = "what looks alike together: a random direction of the features"


def draw_ranking(generator: torch.Generator, features: Tensor | None) -> Ranking:
    """One of the rankings; those that need ``features`` only if there are some."""
    usable = list(Ranking)[: 3 if features is not None else 2]
    return usable[int(torch.randint(len(usable), (1,), generator=generator))]


def rank_patches(
    ranking: Ranking,
    batch: int,
    side: int,
    generator: torch.Generator,
    features: Tensor | None = None,
) -> Tensor:
    """A random order of the ``side`` x ``side`` patches of each image, (B, N).

    ``features`` (B, F, h, w) are what LOOKALIKES projects on a random direction.
    """
    if ranking is Ranking.SCATTERED:
        return torch.rand(batch, side * side, generator=generator).argsort(1)
    if ranking is Ranking.LOOKALIKES and features is not None:
        direction = torch.randn(batch, features.shape[1], generator=generator)
        field = torch.einsum("bf,bfhw->bhw", direction, features)[:, None]
    else:
        field = torch.randn(batch, 1, 4, 4, generator=generator)
    field = functional.interpolate(
        field, size=side, mode="bicubic", align_corners=False
    )
    return field.flatten(1).argsort(1)


def lost_per_layer(share: float, patches: int, depth: int) -> int:
    """How many patches leave in each layer for ``share`` to be gone at the end."""
    return min(round(share * patches / depth), (patches - 1) // depth)
