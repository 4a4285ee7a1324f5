"""Multiply-adds of a transformer in closed form.

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
    layers of `width` features and `heads` heads of `head_width`. Each token passes
    `attention_weights` weights in the projections of one attention, and `mlp_weights`
    in one MLP. `embedding` and `head` are the MACs of the patch embedding and of
    what follows the last layer, the latter once and for each image token that is left,
    and for each pair of them and of the `pooled_prefix` prefix tokens that are pooled.
    """

    depth: int
    width: int
    heads: int
    head_width: int
    attention_weights: int
    mlp_weights: int
    patches: int
    prefix: int
    embedding: int
    head: int
    head_per_token: int
    grid: tuple[int, int]
    head_per_pair: int = 0
    pooled_prefix: int = 0

    def attention_macs(self, tokens: int) -> int:
        """One layer's attention over `tokens` tokens, prefix tokens included."""
        products = 2 * tokens * tokens * self.heads * self.head_width
        return tokens * self.attention_weights + products

    def attention_row_macs(self, tokens: int) -> int:
        """One token's row of the attention map over `tokens` tokens, worked out apart
        because fused attention does not show it. (Nothing where the map is held.)"""
        return tokens * self.heads * self.head_width

    def head_macs(self, image_tokens: int) -> int:
        """What follows the last layer, when `image_tokens` image tokens are left."""
        pooled = image_tokens + self.pooled_prefix
        linear = self.head + image_tokens * self.head_per_token
        return linear + pooled * pooled * self.head_per_pair

    def mlp_macs(self, tokens: int) -> int:
        """One layer's MLP over `tokens` tokens, prefix tokens included."""
        return tokens * self.mlp_weights


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
