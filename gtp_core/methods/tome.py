"""ToMe: token merging by bipartite soft matching (ICLR 2023, arXiv 2210.09461).

Training-free. Tokens are split into two sets, alternating; each token of the first
set proposes the most similar token of the second (cosine similarity of the keys,
mean over heads), and the `r` most similar pairs are merged into their average,
weighted by how many patches each token stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

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
            shape = tokens.shape[:2]
            size = torch.ones(shape, dtype=torch.float32, device=tokens.device)
        old_size, moved_size = size.gather(1, pairs.kept), size.gather(1, pairs.merged)
        new_size = old_size.scatter_add(1, pairs.target, moved_size)
        own = old_size / new_size
        share = moved_size / new_size.gather(1, pairs.target)
        staying = rows(tokens, pairs.kept).mul_(own[:, :, None].to(tokens.dtype))
        mixing = share.new_zeros(*own.shape, layer.count)  # (B, K, r)
        mixing.scatter_(1, pairs.target[:, None, :], share[:, None, :])
        staying.baddbmm_(mixing.to(tokens.dtype), rows(tokens, pairs.merged))
        before = self.ids
        self.size, self.ids = new_size, before.gather(1, pairs.kept)
        if self.recorder is not None:
            self._record(before, pairs, own, share)
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
    batch, total, _ = keys.shape
    unit = keys / keys.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    similarity = unit[:, ::2] @ unit[:, 1::2].transpose(1, 2)
    first_prefix, second_prefix = (prefix + 1) // 2, prefix // 2
    similarity[:, :first_prefix] = -torch.inf
    similarity[:, :, :second_prefix] = -torch.inf
    best, partner = similarity.max(dim=-1)
    order = best.argsort(dim=-1, descending=True, stable=True)
    merged, unmerged = order.tensor_split((count,), dim=1)
    unmerged = unmerged.sort(dim=1).values
    second = torch.arange(1, total, 2, device=keys.device).expand(batch, -1)
    kept = torch.cat(
        [
            torch.arange(prefix, device=keys.device).expand(batch, -1),
            unmerged[:, first_prefix:] * 2,
            second[:, second_prefix:],
        ],
        dim=1,
    )
    offset = prefix + unmerged.shape[1] - first_prefix - second_prefix
    return Pairs(merged * 2, kept, partner.gather(1, merged) + offset)
