"""GTP: graph-based token propagation (WACV 2024, arXiv 2311.03035).

Training-free. In each layer the least important tokens hand their features to their
neighbours in the token graph and leave.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.gtp import GTP
from gtp_core.network import graph
from gtp_core.network.blocks import Need
from gtp_core.network.recording import DenseLinks, SparseLinks
from gtp_core.network.reducers import selection
from gtp_core.network.reducers.base import Layer, implements
from gtp_core.network.reducers.ranked import RankedReducer, Split, parted, rows
from gtp_core.network.sparsify import sparsify_
from gtp_core.records.macs import NetworkShape


@implements(GTP)
class GTPReducer(RankedReducer[GTP]):
    """State of one batch: who is left, their scales, and the graph."""

    @classmethod
    def refusal(cls, config: GTP, has_class_token: bool) -> str | None:
        return selection.refusal("GTP", config.selection, has_class_token)

    @classmethod
    def added(cls, config: GTP) -> int:
        return 1 if config.propagation == "mean" else 0

    @classmethod
    def overhead_macs(
        cls, config: GTP, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del layer
        scoring = selection.scoring_macs(config.selection, shape, tokens)
        if config.propagation == "none":
            return scoring
        kept = tokens - shape.prefix - count
        targets = kept if config.propagation == "graph" else 1
        features = shape.width + (1 if config.token_scale else 0)
        return scoring + count * targets * features

    @classmethod
    def setup_macs(cls, config: GTP, shape: NetworkShape) -> int:
        if config.propagation != "graph":
            return 0
        normalising = 2 * shape.patches**2
        if config.graph == "spatial":
            return normalising
        return shape.patches**2 * shape.width + normalising

    def need(self, count: int) -> Need:
        if self.config.theta < 1.0:
            return Need.MAP
        return self.needs if count else Need.NOTHING

    def start(self, tokens: Tensor) -> None:
        super().start(tokens)
        prefix = self.setting.prefix
        config = self.config
        self.needs = selection.need(config.selection)
        self.scorer = selection.scorer(config.selection)
        self.scale: Tensor | None = None
        self.spread: Tensor | None = None
        if config.propagation != "graph":
            return
        image_tokens = tokens[:, prefix:]
        grid = self.setting.grid
        # spread[b, j, i]: what token i receives from token j; prefix tokens: nothing
        self.spread = graph.weights(
            image_tokens, grid, config.graph, config.neighbours, prefix, config.alpha
        )
        if self.recorder is not None:
            self.recorder.graphs = graph.token_graph(
                image_tokens, grid, config.graph, config.neighbours
            )

    def bias(self) -> Tensor | None:
        return None if self.scale is None else self.scale.log()

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        if self.config.theta < 1.0:
            sparsify_(attention, self.config.theta)
        readings: tuple[Tensor, ...] = ()
        if self.scorer is not None:
            readings = (self.scorer(attention, self.setting.prefix),)
        if self.recorder is not None and self.setting.has_class_token:
            readings += (attention[:, :, 0].mean(1),)
        return readings

    def scores(self, layer: Layer) -> Tensor:
        if self.scorer is not None:
            return layer.readings[0]
        return selection.random_scores(layer.tokens, 0, layer.index)

    def reduce(self, layer: Layer) -> Tensor:
        propagates = self.config.propagation == "graph"
        if propagates and self.recorder is None and layer.tokens.shape[0] == 1:
            return self._reduce_one_image(layer)
        split = self.split(layer)
        if self.config.propagation == "none":
            self._move_scale(split, None)
            self._record(split, layer, None, None)
            return rows(layer.tokens, split.kept)
        staying, moving = parted(layer.tokens, split.order, split.count)
        if self.config.propagation == "mean":
            return self._append_mean(split, layer, staying, moving)
        weight = self._block(split)
        staying.baddbmm_(weight.transpose(1, 2).to(staying.dtype), moving)
        self._move_scale(split, weight)
        links = DenseLinks(weight[:, :, self.setting.prefix :])
        self._record(split, layer, links, None)
        return staying

    def _block(self, split: Split) -> Tensor:
        """Weights from removed to kept tokens: (B, P, prefix + K)."""
        assert self.spread is not None
        columns = split.kept_ids.unsqueeze(1).expand(-1, split.count, -1)
        return rows(self.spread, split.removed_ids).gather(2, columns)

    def _reduce_one_image(self, layer: Layer) -> Tensor:
        """What `reduce` does with a batch of one, without the dimension of the batch.

        Fewer operations, whose number is what counts on a small network. A trace
        needs what this leaves out.
        """
        assert self.spread is not None
        going = layer.count
        staying = layer.tokens.shape[1] - going
        order = self.ranking(self.scores(layer)).squeeze(0)
        ids = self.ids.squeeze(0).index_select(0, order)
        kept = ids.narrow(0, 0, staying)
        weight = self.spread.squeeze(0).index_select(0, ids.narrow(0, staying, going))
        weight = weight.index_select(1, kept).t()  # (staying, going)
        tokens = layer.tokens.squeeze(0).index_select(0, order)
        moving = tokens.narrow(0, staying, going)
        reduced = tokens.narrow(0, 0, staying).addmm_(weight.to(moving.dtype), moving)
        self.ids = kept.unsqueeze(0)
        if not self.config.token_scale:
            return reduced.unsqueeze(0)
        if self.scale is None:
            scale = weight.sum(1).add_(1.0)
        else:
            scales = self.scale.squeeze(0).index_select(0, order)
            scale = scales.narrow(0, 0, staying)
            scale.addmv_(weight, scales.narrow(0, staying, going))
        self.scale = scale.unsqueeze(0)
        return reduced.unsqueeze(0)

    def _append_mean(
        self, split: Split, layer: Layer, staying: Tensor, moving: Tensor
    ) -> Tensor:
        self._move_scale(split, None)
        added = self.add_id(layer)
        target = (added - self.setting.prefix).expand_as(split.removed_ids)
        share = torch.full_like(target, 1.0 / split.count, dtype=torch.float32)
        source = split.removed_ids - self.setting.prefix
        self._record(split, layer, SparseLinks(source, target, share), added)
        return torch.cat([staying, moving.mean(1, keepdim=True)], dim=1)

    def _move_scale(self, split: Split, weight: Tensor | None) -> None:
        """Scales move as features do; without propagation they are lost likewise."""
        if not self.config.token_scale or self.config.propagation == "none":
            return
        if self.scale is None and weight is not None:
            self.scale = weight.sum(1).add_(1.0)
            return
        if self.scale is None:
            shape, device = split.order.shape, split.order.device
            self.scale = torch.ones(shape, dtype=torch.float32, device=device)
        scale = self.scale.gather(1, split.order)
        kept, removed = scale.tensor_split((scale.shape[1] - split.count,), dim=1)
        if weight is None:
            self.scale = torch.cat([kept, removed.mean(1, keepdim=True)], dim=1)
            return
        # in place, because autocast rounds other matrix products
        kept.unsqueeze(1).baddbmm_(removed.unsqueeze(1), weight)
        self.scale = kept

    def scales(self) -> Tensor | None:
        return self.scale

    def _record(
        self,
        split: Split,
        layer: Layer,
        links: DenseLinks | SparseLinks | None,
        added: Tensor | None,
    ) -> None:
        has_row = self.setting.has_class_token and len(layer.readings) > 0
        self.record(split, links, added, layer.readings[-1] if has_row else None)
