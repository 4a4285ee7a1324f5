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
from gtp_core.network.reducing import selection
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.per_image import (
    add_products_,
    add_weighted_,
    columns,
    entries,
    parted,
    rows,
)
from gtp_core.network.reducing.ranked import RankedReducer, Split
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
        self.notes = self.map_notes(config.selection)
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
        if self.notes is not None:
            return self.notes.read(attention)
        if self.scorer is None:
            return ()
        return (self.scorer(attention, self.setting.prefix),)

    def scores(self, layer: Layer) -> Tensor:
        if self.scorer is not None:
            return layer.readings[0]
        return selection.random_scores(layer.tokens, 0, layer.index)

    def reduce(self, layer: Layer) -> Tensor:
        split = self.split(layer)
        if self.config.propagation == "none":
            self._record(split, layer)
            return rows(layer.tokens, split.kept)
        staying, moving = parted(layer.tokens, split.order, split.count)
        if self.config.propagation == "mean":
            return self._append_mean(split, layer, staying, moving)
        return self._propagate(split, layer, staying, moving)

    def _propagate(
        self, split: Split, layer: Layer, staying: Tensor, moving: Tensor
    ) -> Tensor:
        """Removed tokens (B, P, C) go to their neighbours among those that stay."""
        assert self.spread is not None
        weight = rows(self.spread, split.removed_ids)
        weight = columns(weight, split.kept_ids)  # (B, P, prefix + K)
        add_products_(staying, weight.to(staying.dtype), moving)
        if self.config.token_scale:
            self.scale = self._moved_scale(split, weight)
        if self.recorder is not None:
            links = DenseLinks(weight[:, :, self.setting.prefix :])
            self._record(split, layer, links)
        return staying

    def _moved_scale(self, split: Split, weight: Tensor) -> Tensor:
        """Scales (B, prefix + K) after the removed tokens' scales moved by `weight`."""
        if self.scale is None:  # all ones so far
            return weight.sum(1).add_(1.0)
        scale = entries(self.scale, split.order)
        staying = scale.shape[1] - split.count
        kept = scale.narrow(1, 0, staying)
        add_weighted_(kept, weight, scale.narrow(1, staying, split.count))
        return kept

    def _append_mean(
        self, split: Split, layer: Layer, staying: Tensor, moving: Tensor
    ) -> Tensor:
        """One mean of the removed tokens is added. All token scales stay 1."""
        added = self.add_id(layer)
        if self.recorder is not None:
            target = (added - self.setting.prefix).expand_as(split.removed_ids)
            share = torch.full_like(target, 1.0 / split.count, dtype=torch.float32)
            source = split.removed_ids - self.setting.prefix
            self._record(split, layer, SparseLinks(source, target, share), added)
        return torch.cat([staying, moving.mean(1, keepdim=True)], dim=1)

    def scales(self) -> Tensor | None:
        return self.scale

    def _record(
        self,
        split: Split,
        layer: Layer,
        links: DenseLinks | SparseLinks | None = None,
        added: Tensor | None = None,
    ) -> None:
        if self.notes is not None:
            self.record_noted(split, self.notes, layer.readings, links, added)
