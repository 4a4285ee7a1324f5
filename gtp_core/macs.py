"""Multiply-adds of a transformer in closed form (no torch here).

All counts are multiply-adds (MACs) per image. `attention` covers the query, key,
value and output projections and the two products with the attention map, `mlp` the
two layers of the MLP, `overhead` what the reduction method itself costs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkShape:
    """The numbers that decide the cost of a plain transformer.

    `patches` image tokens and `prefix` further tokens enter the first of `depth`
    layers; `width` features, `heads` heads of `head_width`, `hidden` MLP features;
    `mlp_matrices` is 2 for a plain MLP, 3 for a gated one. `embedding` and `head` are
    the MACs of the patch embedding and of everything after the last layer.
    """

    depth: int
    width: int
    heads: int
    head_width: int
    hidden: int
    patches: int
    prefix: int
    embedding: int
    head: int
    grid: tuple[int, int]
    mlp_matrices: int = 2

    def attention_macs(self, tokens: int) -> int:
        """One layer's attention over `tokens` tokens, prefix tokens included."""
        inner = self.heads * self.head_width
        projections = 4 * tokens * self.width * inner
        return projections + 2 * tokens * tokens * inner

    def mlp_macs(self, tokens: int) -> int:
        """One layer's MLP over `tokens` tokens, prefix tokens included."""
        return self.mlp_matrices * tokens * self.width * self.hidden


@dataclass(frozen=True)
class LayerMacs:
    """MACs of one layer, and the tokens (prefix included) before and after it."""

    attention: int
    mlp: int
    overhead: int
    tokens_in: int
    tokens_out: int

    @property
    def total(self) -> int:
        return self.attention + self.mlp + self.overhead


@dataclass(frozen=True)
class MacCount:
    """MACs of one image through a network.

    `setup` is what the method does once per image (the token graph).
    """

    layers: tuple[LayerMacs, ...]
    embedding: int
    head: int
    setup: int = 0

    @property
    def total(self) -> int:
        """All multiply-adds of one image, overhead included."""
        return (
            self.embedding + self.head + self.setup + sum(x.total for x in self.layers)
        )

    @property
    def overhead(self) -> int:
        """What the method itself costs."""
        return self.setup + sum(layer.overhead for layer in self.layers)
