"""A plain Vision Transformer, one token, one head, one attention entry at a time.

Pre-norm blocks, exact GELU, any number of prefix tokens; head on the class token, or
on the average of the image tokens. No LayerScale, no q/k norm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor, nn

Vector = Any
"""A float64 array."""


@dataclass
class Token:
    """`id`: patch number; negative for a prefix token. `weight`: GTP's token scale or
    ToMe's size; its logarithm is added to the attention logits of its key. `colours`:
    how much of each patch the token holds."""

    id: int
    vector: Vector
    colours: Vector
    weight: float = 1.0
    keys: list[Vector] = field(default_factory=list)
    values: list[Vector] = field(default_factory=list)

    @property
    def is_prefix(self) -> bool:
        return self.id < 0


@dataclass
class Happened:
    """What a method did in one layer."""

    kept: list[int]
    removed: list[int]
    scores: dict[int, float] | None = None
    links: dict[tuple[int, int], float] = field(default_factory=dict)
    weights: dict[int, float] = field(default_factory=dict)
    colours: dict[int, Vector] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a run gives: logits (classes,), and what happened in each layer."""

    logits: Vector
    layers: list[Happened]


class Method:
    """The network unpruned; methods override what they change."""

    weighs_average = False

    def begin(self, tokens: list[Token], grid: tuple[int, int]) -> None:
        """Once per image, with the embedded tokens."""

    def edit_map(self, attention: Vector) -> Vector:
        """One head's attention map (n, n), changed where the method wants."""
        return attention

    def share(self, token: Token) -> float:
        """How much `token` counts in an average over tokens."""
        del token
        return 1.0

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        """Who goes on, between attention and MLP."""
        del layer, maps
        ids = [token.id for token in tokens if not token.is_prefix]
        return tokens, Happened(kept=ids, removed=[])


class SlowViT:
    """The same network as a small timm VisionTransformer."""

    def __init__(self, vit: nn.Module) -> None:
        self.state = {
            name: value.double().numpy() for name, value in vit.state_dict().items()
        }
        self.depth = len(vit.blocks)
        self.heads = vit.blocks[0].attn.num_heads
        self.eps = vit.blocks[0].norm1.eps
        self.prefix = vit.num_prefix_tokens
        self.patch = vit.patch_embed.patch_size
        self.pool = vit.global_pool

    def run(self, image: Tensor, method: Method) -> Outcome:
        """`image` (3, H, W)."""
        tokens, grid = self._embed(image.double().numpy())
        method.begin(tokens, grid)
        layers = []
        for layer in range(self.depth):
            maps = self._attend(layer, tokens, method)
            tokens, happened = method.reduce(layer, tokens, maps)
            image_tokens = [token for token in tokens if not token.is_prefix]
            happened.weights = {token.id: token.weight for token in image_tokens}
            happened.colours = {token.id: token.colours for token in image_tokens}
            layers.append(happened)
            for token in tokens:
                token.vector = token.vector + self._mlp(layer, token.vector)
        return Outcome(self._classify(tokens, method), layers)

    def _embed(self, image: Vector) -> tuple[list[Token], tuple[int, int]]:
        height, width = self.patch
        rows, columns = image.shape[1] // height, image.shape[2] // width
        kernel = self.state["patch_embed.proj.weight"]
        nothing = np.zeros(rows * columns)
        starts = [
            self.state[name][0]
            for name in ("cls_token", "reg_token")
            if name in self.state
        ]
        vectors = [row for block in starts for row in block]
        assert len(vectors) == self.prefix
        tokens = [
            Token(-len(vectors) + place, vector, nothing)
            for place, vector in enumerate(vectors)
        ]
        for patch in range(rows * columns):
            top, left = patch // columns * height, patch % columns * width
            pixels = image[:, top : top + height, left : left + width]
            vector = np.array([np.sum(pixels * one) for one in kernel])
            vector = vector + self.state["patch_embed.proj.bias"]
            colours = nothing.copy()
            colours[patch] = 1.0
            tokens.append(Token(patch, vector, colours))
        positions = self.state["pos_embed"][0]
        for token, position in zip(tokens, positions, strict=True):
            token.vector = token.vector + position
        return tokens, (rows, columns)

    def _attend(self, layer: int, tokens: list[Token], method: Method) -> list[Vector]:
        name = f"blocks.{layer}.attn"
        width = tokens[0].vector.shape[0]
        size = width // self.heads
        threes = []
        for token in tokens:
            normed = self._norm(f"blocks.{layer}.norm1", token.vector)
            threes.append(self._linear(f"{name}.qkv", normed))
        maps = []
        mixed = [np.zeros(width) for _ in tokens]
        for token in tokens:
            token.keys, token.values = [], []
        for head in range(self.heads):
            part = slice(head * size, (head + 1) * size)
            queries = [three[:width][part] for three in threes]
            keys = [three[width : 2 * width][part] for three in threes]
            values = [three[2 * width :][part] for three in threes]
            attention = self._map(queries, keys, tokens)
            attention = method.edit_map(attention)
            for row in range(len(tokens)):
                for column in range(len(tokens)):
                    mixed[row][part] += attention[row, column] * values[column]
            for token, key, value in zip(tokens, keys, values, strict=True):
                token.keys.append(key)
                token.values.append(value)
            maps.append(attention)
        for token, vector in zip(tokens, mixed, strict=True):
            token.vector = token.vector + self._linear(f"{name}.proj", vector)
        return maps

    def _map(self, queries: Any, keys: Any, tokens: list[Token]) -> Vector:
        count = len(tokens)
        attention = np.zeros((count, count))
        for row in range(count):
            for column in range(count):
                logit = queries[row] @ keys[column] / math.sqrt(len(keys[column]))
                attention[row, column] = logit + math.log(tokens[column].weight)
            largest = attention[row].max()
            attention[row] = np.exp(attention[row] - largest)
            attention[row] /= attention[row].sum()
        return attention

    def _mlp(self, layer: int, vector: Vector) -> Vector:
        name = f"blocks.{layer}"
        hidden = self._linear(f"{name}.mlp.fc1", self._norm(f"{name}.norm2", vector))
        hidden = np.array([_gelu(value) for value in hidden])
        return self._linear(f"{name}.mlp.fc2", hidden)

    def _classify(self, tokens: list[Token], method: Method) -> Vector:
        if self.pool == "token":
            return self._linear("head", self._norm("norm", tokens[0].vector))
        total, weight = np.zeros_like(tokens[0].vector), 0.0
        for token in tokens:
            if token.is_prefix:
                continue
            share = method.share(token)
            name = "norm" if "norm.weight" in self.state else None
            vector = self._norm(name, token.vector) if name else token.vector
            total, weight = total + share * vector, weight + share
        pooled = total / weight
        if "fc_norm.weight" in self.state:
            pooled = self._norm("fc_norm", pooled)
        return self._linear("head", pooled)

    def _linear(self, name: str, vector: Vector) -> Vector:
        return self.state[f"{name}.weight"] @ vector + self.state[f"{name}.bias"]

    def _norm(self, name: str, vector: Vector) -> Vector:
        centred = vector - vector.mean()
        scaled = centred / math.sqrt((centred**2).mean() + self.eps)
        return scaled * self.state[f"{name}.weight"] + self.state[f"{name}.bias"]


def _gelu(value: float) -> float:
    return value * 0.5 * (1.0 + math.erf(value / math.sqrt(2.0)))


def cosine(one: Vector, other: Vector) -> float:
    """Cosine similarity; 0 where a vector is zero."""
    lengths = math.sqrt(one @ one) * math.sqrt(other @ other)
    return float(one @ other) / lengths if lengths > 0 else 0.0
