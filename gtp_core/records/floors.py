"""The floor of a method: the same tokens left after each layer, at no cost."""

from __future__ import annotations

from gtp_core.methods.floor import Floor
from gtp_core.records.macs import MacCount


def floor_of(macs: MacCount) -> Floor | None:
    """The floor of the method that `macs` were counted for; None if nothing leaves.

    What counts are the tokens that are left. A method that removes eight tokens from
    a layer and adds one has the same floor as one that removes seven.
    """
    fewer = tuple(layer.tokens_in - layer.tokens_out for layer in macs.layers)
    if not any(fewer):
        return None
    return Floor(removed=fewer[0] if len(set(fewer)) == 1 else fewer)
