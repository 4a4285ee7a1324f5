"""EViT: attentive tokens stay, the others are fused into one (ICLR 2022, 2202.07800).

Tokens are ranked by the class token's attention, mean over heads. Those that leave
are added up, each times its attention, into one fused token that is appended
(paper section 3.2). The paper fine-tunes the network with this; here it is used
without training. A fused token of an earlier layer is ranked like any other.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.evit import EViT
from gtp_core.network.blocks import Need
from gtp_core.network.recording import SparseLinks
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.ranked import RankedReducer
from gtp_core.records.macs import NetworkShape


@implements(EViT)
class EViTReducer(RankedReducer[EViT]):
    """Ranks by class attention and fuses."""

    @classmethod
    def refusal(cls, config: EViT, has_class_token: bool) -> str | None:
        del config
        if has_class_token:
            return None
        return (
            "EViT ranks tokens by the class token's attention, "
            "and this network has no class token; use gtp or tome instead."
        )

    @classmethod
    def added(cls, config: EViT) -> int:
        del config
        return 1

    @classmethod
    def overhead_macs(
        cls, config: EViT, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del config, layer
        return shape.attention_row_macs(tokens) + count * shape.width

    def need(self, count: int) -> Need:
        return Need.CLASS_ROW if count else Need.NOTHING

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        return (attention[:, :, 0].mean(1),)

    def reduce(self, layer: Layer) -> Tensor:
        attention = layer.readings[0]
        split = self.split(layer)
        share = attention.gather(1, split.removed)  # (B, K)
        moving = rows(layer.tokens, split.removed)
        fused = share[:, None, :].to(moving.dtype) @ moving  # (B, 1, C)
        added = self.add_id(layer)
        prefix = self.setting.prefix
        target = (added - prefix).expand_as(split.removed_ids)
        links = SparseLinks(split.removed_ids - prefix, target, share)
        self.record(split, links, added, attention)
        return torch.cat([rows(layer.tokens, split.kept), fused], dim=1)
