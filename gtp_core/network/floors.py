"""The floor of a method: as many tokens left after each layer, at no cost."""

from __future__ import annotations

from itertools import pairwise

from gtp_core.methods.floor import Floor
from gtp_core.network.accelerated import AcceleratedViT


def floor_method(fast: AcceleratedViT) -> Floor | None:
    """The Floor that leaves as many image tokens after each layer as `fast` does.

    What lies between both times is the method's own cost. A token that a method adds
    counts: EViT removes 8 and adds 1, so its floor drops 7. None for a method that
    leaves all tokens, and for a floor itself.
    """
    if isinstance(fast.method, Floor):
        return None
    before_and_after = pairwise((fast.shape.patches, *fast.left))
    counts = tuple(before - after for before, after in before_and_after)
    if not any(counts):
        return None
    return Floor(counts[0] if len(set(counts)) == 1 else counts)
