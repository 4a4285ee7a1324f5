"""ToMe: token merging by bipartite soft matching (ICLR 2023, arXiv 2210.09461).

Training-free. Tokens are split into two sets, alternating; each token of the first
set proposes the most similar token of the second (cosine similarity of the keys,
mean over heads), and the `r` most similar pairs are merged into their average,
weighted by how many patches each token stands for.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.config import ToMe
from gtp_core.macs import NetworkShape
from gtp_core.methods.base import Layer, Reducer, implements
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
        batch, total, width = tokens.shape
        if self.size is None:
            self.size = torch.ones(batch, total, device=tokens.device)
        merged, target, unmerged = _match(layer.keys, layer.count, self.setting.prefix)
        size = self.size
        content = tokens * size[:, :, None].to(tokens.dtype)
        first, second = content[:, ::2], content[:, 1::2]
        moving = first.gather(1, merged[:, :, None].expand(-1, -1, width))
        staying = first.gather(1, unmerged[:, :, None].expand(-1, -1, width))
        index = target[:, :, None].expand(-1, -1, width)
        second = second.scatter_add(1, index, moving)
        old_first, old_second = size[:, ::2], size[:, 1::2]
        moved_size = old_first.gather(1, merged)
        new_second = old_second.scatter_add(1, target, moved_size)
        kept_size = old_first.gather(1, unmerged)
        self.size = torch.cat([kept_size, new_second], dim=1)
        first_ids, second_ids = self.ids[:, ::2], self.ids[:, 1::2]
        before = self.ids
        self.ids = torch.cat([first_ids.gather(1, unmerged), second_ids], dim=1)
        if self.recorder is not None:
            self._record(
                before,
                source=first_ids.gather(1, merged),
                target=second_ids.gather(1, target),
                weight=moved_size / new_second.gather(1, target),
                own=torch.cat(
                    [torch.ones_like(kept_size), old_second / new_second], dim=1
                ),
            )
        result = torch.cat([staying, second], dim=1)
        return result / self.size[:, :, None].to(tokens.dtype)

    def all_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids

    def scales(self) -> Tensor | None:
        return None if self.size is None else self._prefix_first(self.size)

    def pool_weights(self) -> Tensor | None:
        """Average pooling weighs tokens by size (paper, appendix on MAE)."""
        return self.size

    def _prefix_first(self, values: Tensor) -> Tensor:
        is_image = self.ids >= self.setting.prefix
        order = is_image.to(torch.uint8).argsort(dim=1, stable=True)
        return values.gather(1, order)

    def _record(
        self,
        before: Tensor,
        source: Tensor,
        target: Tensor,
        weight: Tensor,
        own: Tensor,
    ) -> None:
        assert self.recorder is not None
        prefix = self.setting.prefix
        self.recorder.averages = True
        self.recorder.steps.append(
            Step(
                tokens=self.image_ids(before),
                kept=self.image_ids(self.ids),
                removed=source - prefix,
                links=SparseLinks(source - prefix, target - prefix, weight),
                self_weights=self._prefix_first(own)[:, prefix:],
                scales=self._prefix_first(self.size) if self.size is not None else None,
            )
        )


def _match(keys: Tensor, count: int, prefix: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs by bipartite soft matching (paper section 3, "bipartite soft matching").

    `keys` (B, n, d), the first `prefix` tokens protected. Returns positions: `merged`
    (B, r) in the first (even) set, their `target` (B, r) in the second (odd) set, and
    the `unmerged` rest of the first set, in order.
    """
    unit = keys / keys.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    similarity = unit[:, ::2] @ unit[:, 1::2].transpose(1, 2)
    similarity[:, : (prefix + 1) // 2] = -torch.inf
    similarity[:, :, : prefix // 2] = -torch.inf
    best, partner = similarity.max(dim=-1)
    order = best.argsort(dim=-1, descending=True, stable=True)
    merged = order[:, :count]
    unmerged = order[:, count:].sort(dim=1).values
    return merged, partner.gather(1, merged), unmerged
