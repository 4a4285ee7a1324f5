"""ToMe: token merging by bipartite soft matching (ICLR 2023, arXiv 2210.09461).

Training-free. Tokens are split into two sets, alternating; each token of the first
set proposes the most similar token of the second (cosine similarity of the keys,
mean over heads), and the `r` most similar pairs are merged into their average,
weighted by how many patches each token stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.config import ToMe
from gtp_core.macs import NetworkShape
from gtp_core.methods.base import Layer, Reducer, implements
from gtp_core.methods.ranked import rows
from gtp_core.tracing import SparseLinks, Step


@implements(ToMe)
class ToMeReducer(Reducer[ToMe]):
    """State of one batch: the ids of the tokens left and their sizes."""

    needs_keys = True
    averages = True

    @classmethod
    def most(cls, config: ToMe, image_tokens: int, prefix: int) -> int:
        del config, prefix
        return image_tokens // 2

    @classmethod
    def overhead_macs(
        cls, config: ToMe, shape: NetworkShape, tokens: int, count: int
    ) -> int:
        del config
        first, second = (tokens + 1) // 2, tokens // 2
        mean_keys = tokens * shape.heads * shape.head_width
        return first * second * shape.head_width + mean_keys + count * shape.width

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        self.ids = torch.arange(total, device=tokens.device).expand(batch, total)
        self.size: Tensor | None = None

    def bias(self) -> Tensor | None:
        if self.size is None or not self.config.proportional_attention:
            return None
        return self.size.log()

    def reduce(self, layer: Layer) -> Tensor:
        assert layer.keys is not None
        tokens = layer.tokens
        pairs = _match(layer.keys, layer.count, self.setting.prefix)
        size = self.size
        if size is None:
            size = torch.ones(tokens.shape[:2], device=tokens.device)
        old_size, moved_size = size.gather(1, pairs.kept), size.gather(1, pairs.merged)
        new_size = old_size.scatter_add(1, pairs.target, moved_size)
        share = moved_size / new_size.gather(1, pairs.target)  # (B, r)
        staying = rows(tokens, pairs.kept)
        _merge_(staying, rows(tokens, pairs.merged), pairs.target, share)
        before = self.ids
        self.size, self.ids = new_size, before.gather(1, pairs.kept)
        if self.recorder is not None:
            self._record(before, pairs, old_size / new_size, share)
        return staying

    def all_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids

    def scales(self) -> Tensor | None:
        return self.size

    def pool_weights(self) -> Tensor | None:
        """Average pooling weighs tokens by size (paper, appendix on MAE)."""
        return self.size

    def _record(self, before: Tensor, pairs: Pairs, own: Tensor, share: Tensor) -> None:
        assert self.recorder is not None
        prefix = self.setting.prefix
        source = before.gather(1, pairs.merged) - prefix
        target = self.ids.gather(1, pairs.target) - prefix
        self.recorder.steps.append(
            Step(
                tokens=before[:, prefix:] - prefix,
                kept=self.ids[:, prefix:] - prefix,
                removed=source,
                links=SparseLinks(source, target, share),
                self_weights=own[:, prefix:],
                scales=self.size,
            )
        )


def _merge_(staying: Tensor, moving: Tensor, target: Tensor, share: Tensor) -> None:
    """Averages `moving` (B, r, C) into the rows `target` (B, r) of `staying`, in place.

    A target x that takes shares w of sources y becomes x + Σ w (y - x), which is the
    average weighted by size and touches no row but the targets.
    """
    batch, count, width = staying.shape
    offset = torch.arange(0, batch * count, count, device=target.device)[:, None]
    place = (target + offset).flatten()
    flat = staying.view(-1, width)
    change = moving.flatten(0, 1) - flat.index_select(0, place)
    flat.index_add_(0, place, change.mul_(share.view(-1, 1)))


@dataclass
class Pairs:
    """`merged` (B, r): positions of the tokens that leave; `kept` (B, n - r): those
    of the others, prefix tokens in front; `target` (B, r): the places within `kept`
    that the merged ones go to."""

    merged: Tensor
    kept: Tensor
    target: Tensor


def _match(keys: Tensor, count: int, prefix: int) -> Pairs:
    """Bipartite soft matching (paper section 3) of `count` pairs.

    `keys` (B, n, d), the first `prefix` tokens protected. The first set holds the
    even positions, the second the odd ones.
    """
    unit = functional.normalize(keys, dim=-1)
    similarity = unit[:, ::2] @ unit[:, 1::2].transpose(1, 2)
    first_prefix, second_prefix = (prefix + 1) // 2, prefix // 2
    if first_prefix:
        similarity[:, :first_prefix] = -torch.inf
    if second_prefix:
        similarity[:, :, :second_prefix] = -torch.inf
    best, partner = similarity.max(dim=-1)
    order = best.argsort(dim=-1, descending=True, stable=True)
    merged, unmerged = order.tensor_split((count,), dim=1)
    rest = unmerged.sort(dim=1).values[:, first_prefix:] * 2
    front, back = _fixed_positions(keys.shape[1], prefix, keys.device)
    batch = keys.shape[0]
    kept = torch.cat([front.expand(batch, -1), rest, back.expand(batch, -1)], dim=1)
    offset = prefix + rest.shape[1] - second_prefix
    return Pairs(merged * 2, kept, partner.gather(1, merged) + offset)


@lru_cache(maxsize=256)
def _fixed_positions(
    total: int, prefix: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Positions of the prefix tokens, and of the image tokens of the second set."""
    second = torch.arange(1, total, 2, device=device)
    return torch.arange(prefix, device=device), second[prefix // 2 :]
