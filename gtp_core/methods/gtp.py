"""GTP: graph-based token propagation (WACV 2024, arXiv 2311.03035).

Training-free. In each layer the least important tokens hand their features to their
neighbours in the token graph and leave.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core import graph
from gtp_core.config import GTP
from gtp_core.macs import NetworkShape
from gtp_core.methods import selection
from gtp_core.methods.base import Layer, Reducer, implements
from gtp_core.sparsify import sparsify_
from gtp_core.tracing import DenseLinks, SparseLinks, Step


@implements(GTP)
class GTPReducer(Reducer[GTP]):
    """State of one batch: who is left, their scales, and the graph."""

    @classmethod
    def refusal(cls, config: GTP, has_class_token: bool) -> str | None:
        if selection.needs_class_token(config.selection) and not has_class_token:
            return (
                f"GTP: selection {config.selection} ranks by the class token's "
                "attention, and this network has no class token; "
                "choose another selection, such as mixed_attn_max."
            )
        return None

    @classmethod
    def added(cls, config: GTP) -> int:
        return 1 if config.propagation == "mean" else 0

    @classmethod
    def overhead_macs(
        cls, config: GTP, shape: NetworkShape, tokens: int, count: int
    ) -> int:
        kept = tokens - shape.prefix - count
        scoring = selection.scoring_macs(config.selection, shape.heads, tokens)
        if config.propagation == "none":
            return scoring
        targets = kept if config.propagation == "graph" else 1
        moved = count * targets * shape.width
        scale = count * targets if config.token_scale else 0
        return scoring + moved + scale

    @classmethod
    def setup_macs(cls, config: GTP, shape: NetworkShape) -> int:
        if config.propagation != "graph":
            return 0
        normalising = 2 * shape.patches**2
        if config.graph == "spatial":
            return normalising
        return shape.patches**2 * shape.width + normalising

    def wants_map(self, count: int) -> bool:
        reads = selection.reads_map(self.config.selection) and count > 0
        return reads or self.config.theta < 1.0

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        prefix = self.setting.prefix
        self.ids = torch.arange(total, device=tokens.device).expand(batch, total)
        self.scale: Tensor | None = None
        self.spread: Tensor | None = None
        if self.config.propagation != "graph":
            return
        image_tokens = tokens[:, prefix:]
        config = self.config
        edges = graph.adjacency(
            image_tokens, self.setting.grid, config.graph, config.neighbours
        )
        weights = graph.normalised(edges).transpose(1, 2) * config.alpha
        # spread[b, j, i]: what token i receives from token j; prefix tokens: nothing
        self.spread = functional.pad(weights, (prefix, 0, prefix, 0))
        if self.recorder is not None:
            self.recorder.graphs = graph.token_graph(
                image_tokens, self.setting.grid, config.graph, config.neighbours
            )

    def bias(self) -> Tensor | None:
        return None if self.scale is None else self.scale.log()

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        sparsify_(attention, self.config.theta)
        readings: tuple[Tensor, ...] = ()
        if selection.reads_map(self.config.selection):
            scores = selection.map_scores(
                self.config.selection, attention, self.setting.prefix
            )
            readings = (scores,)
        if self.recorder is not None and self.setting.has_class_token:
            readings += (attention[:, :, 0].mean(1),)
        return readings

    def reduce(self, layer: Layer) -> Tensor:
        tokens, count = layer.tokens, layer.count
        scores = self._scores(layer)
        scores[:, : self.setting.prefix] = torch.inf
        order = scores.argsort(dim=1, descending=True, stable=True)
        kept, removed = order.split((order.shape[1] - count, count), dim=1)
        moving = _rows(tokens, removed)
        staying = _rows(tokens, kept)
        ids = self.ids.gather(1, order)
        kept_ids, removed_ids = ids.split((ids.shape[1] - count, count), dim=1)
        if self.config.propagation == "graph":
            weight = self._block(removed_ids, kept_ids)
            staying.baddbmm_(weight.transpose(1, 2).to(staying.dtype), moving)
        else:
            weight = None
        self._move_scale(order, count, weight)
        before, self.ids = self.ids, kept_ids
        if self.config.propagation == "mean":
            staying = self._add_mean(staying, moving, layer.index)
        if self.recorder is not None:
            self._record(before, kept_ids, removed_ids, scores, weight, layer)
        return staying

    def _scores(self, layer: Layer) -> Tensor:
        """(B, n), prefix tokens included; written to afterwards."""
        name = self.config.selection
        if selection.reads_map(name):
            return layer.readings[0]
        batch, total, _ = layer.tokens.shape
        row = selection.random_scores(total, 0, layer.index, layer.tokens.device)
        return row.repeat(batch, 1)

    def _block(self, removed_ids: Tensor, kept_ids: Tensor) -> Tensor:
        """Weights from removed to kept tokens: (B, P, K)."""
        assert self.spread is not None
        batch, count = removed_ids.shape
        rows = _rows(self.spread, removed_ids)  # (B, P, N)
        return rows.gather(2, kept_ids[:, None, :].expand(batch, count, -1))

    def _move_scale(self, order: Tensor, count: int, weight: Tensor | None) -> None:
        if not self.config.token_scale or self.config.propagation == "none":
            return
        if self.scale is None:
            self.scale = torch.ones(order.shape, device=order.device)
        scale = self.scale.gather(1, order)
        kept, removed = scale.split((scale.shape[1] - count, count), dim=1)
        if weight is None:
            self.scale = torch.cat([kept, removed.mean(1, keepdim=True)], dim=1)
        else:
            received = torch.bmm(removed[:, None, :], weight)[:, 0]
            self.scale = kept + received

    def _add_mean(self, staying: Tensor, moving: Tensor, layer: int) -> Tensor:
        new_id = self.setting.prefix + self.setting.patches + layer
        ids = self.ids.new_full((self.ids.shape[0], 1), new_id)
        self.ids = torch.cat([self.ids, ids], dim=1)
        return torch.cat([staying, moving.mean(1, keepdim=True)], dim=1)

    def current_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids[:, self.setting.prefix :] - self.setting.prefix

    def scales(self) -> Tensor | None:
        return self.scale

    def _record(
        self,
        before: Tensor,
        kept: Tensor,
        removed: Tensor,
        scores: Tensor,
        weight: Tensor | None,
        layer: Layer,
    ) -> None:
        assert self.recorder is not None
        prefix = self.setting.prefix
        links: DenseLinks | SparseLinks | None = None
        if weight is not None:
            links = DenseLinks(weight[:, :, prefix:])
        added = None
        if self.config.propagation == "mean":
            added = self.ids[:, -1:] - prefix
            share = torch.full(
                removed.shape, 1.0 / removed.shape[1], device=removed.device
            )
            links = SparseLinks(removed - prefix, added.expand_as(removed), share)
        attention = None
        if self.setting.has_class_token and self.wants_map(layer.count):
            attention = layer.readings[-1][:, prefix:]
        self.recorder.steps.append(
            Step(
                tokens=before[:, prefix:] - prefix,
                kept=kept[:, prefix:] - prefix,
                removed=removed - prefix,
                added=added,
                scores=scores[:, prefix:],
                links=links,
                scales=self.scale,
                class_attention=attention,
            )
        )


def _rows(values: Tensor, index: Tensor) -> Tensor:
    """Rows of each image: values (B, n, C), index (B, m) -> (B, m, C)."""
    batch, total, width = values.shape
    if batch == 1:
        return values[0].index_select(0, index[0])[None]
    offset = torch.arange(batch, device=index.device)[:, None] * total
    flat = (index + offset).flatten()
    return values.reshape(-1, width).index_select(0, flat).view(batch, -1, width)
