"""Pairs of a merging method, changed so that pinned tokens stay and forced ones leave.

The method finds its pairs as always. A pair whose two tokens are free is left as it is
wherever possible, so an edit that already holds changes nothing. Otherwise:

- Forced tokens leave first, whichever of the method's sets they are in.
- Then the method's own pairs follow in its order; its last ones give way.
- If pinned tokens are missing among those that leave, the free tokens most like
  another one take their place; tokens that take others in come after the rest.
- Pinned tokens leave last: only if no other is left.

A token that has lost its partner, or never had one, goes into the staying token most
like it (cosine of the keys, as in ToMe). A pinned token may take others in.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.network.precision import products
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.token_edits import FREE, PREFIX, with_leaving_last


def edited_pairs(pairs: Pairs, alike: Tensor, groups: Tensor) -> Pairs:
    """`pairs` after edits; as many tokens leave.

    `alike` (B, n, d) says which tokens are alike, `groups` (B, n) holds the group of
    each token, see `token_edits`; both by position.
    """
    similarity = _similarity(alike, groups == PREFIX)
    partner = _partners(pairs)
    leaving = _leaving(pairs, partner, similarity, groups)  # (B, count)
    leaves = torch.zeros_like(groups, dtype=torch.bool).scatter(1, leaving, True)
    order = with_leaving_last(pairs.order, leaving)
    target = _targets(leaving, leaves, partner, similarity)
    place = order.argsort(dim=1).gather(1, target)
    return Pairs(order, pairs.count, place, pairs.scores)


def _similarity(alike: Tensor, is_prefix: Tensor) -> Tensor:
    """Cosines (B, n, n) of all tokens; nothing is like itself or a prefix token."""
    unit = functional.normalize(alike.float(), dim=-1)
    found = products(unit, unit)
    found.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    return found.masked_fill_(is_prefix[:, None, :], -torch.inf)


def _partners(pairs: Pairs) -> Tensor:
    """By position (B, n): the position of the token that it goes into, -1 for none."""
    nobody = torch.full_like(pairs.order, -1)
    return nobody.scatter(1, pairs.merged, pairs.kept.gather(1, pairs.target))


def _leaving(
    pairs: Pairs, partner: Tensor, similarity: Tensor, groups: Tensor
) -> Tensor:
    """The positions (B, count) of the tokens that leave, in the method's own order."""
    merged = partner >= 0
    into = pairs.kept.gather(1, pairs.target)
    takes_in = torch.zeros_like(merged).scatter(1, into, True)
    place = pairs.order.argsort(dim=1)
    # The method's own pairs come first (-2 to -1), then the others (-1 to 3).
    own = place.float() / place.shape[1] - 2.0
    late = 2.0 * takes_in - similarity.amax(-1).clamp(-1.0, 1.0)
    rank = torch.where(merged & (groups == FREE), own, late)
    order = rank.argsort(dim=1, stable=True)
    order = order.gather(1, groups.gather(1, order).argsort(dim=1, stable=True))
    leaving = order.narrow(1, 0, pairs.count)
    return leaving.gather(1, place.gather(1, leaving).argsort(dim=1))


def _targets(
    leaving: Tensor, leaves: Tensor, partner: Tensor, similarity: Tensor
) -> Tensor:
    """The positions (B, count) of the tokens that take in those that are `leaving`."""
    theirs = rows(similarity, leaving)  # (B, count, n)
    nearest = theirs.masked_fill(leaves[:, None, :], -torch.inf).argmax(-1)
    chosen = partner.gather(1, leaving)
    is_there = (chosen >= 0) & ~leaves.gather(1, chosen.clamp_min(0))
    return torch.where(is_there, chosen, nearest)
