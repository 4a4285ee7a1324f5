"""As `network`, for every supported family: the network's own modules, in float64,
do what treats each token alone; attention is still written out entry by entry."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.gtp_core.reference.network import Method, SlowViT, Token, Vector


class AnyViT(SlowViT):
    """The same network as `vit`. Average pooling weighs as `Method` says."""

    def __init__(self, vit: nn.Module) -> None:
        self.vit: Any = copy.deepcopy(vit).double().eval()
        self.depth = len(self.vit.blocks)
        self.heads = self.vit.blocks[0].attn.num_heads
        self.prefix = self.vit.num_prefix_tokens
        self.pool = self.vit.global_pool

    def _embed(self, image: Vector) -> tuple[list[Token], tuple[int, int]]:
        vit = self.vit
        with torch.no_grad():
            patches = vit.patch_embed(torch.from_numpy(image)[None])
            grid = (
                tuple(patches.shape[1:3])
                if patches.ndim == 4
                else tuple(vit.patch_embed.grid_size)
            )
            vectors = vit.norm_pre(vit._pos_embed(patches))[0].numpy()
        colours = np.eye(grid[0] * grid[1])
        tokens = []
        for place, vector in enumerate(vectors):
            patch = place - self.prefix
            held = colours[patch] if patch >= 0 else np.zeros(len(colours))
            tokens.append(Token(patch, vector, held))
        return tokens, grid

    def _attend(self, layer: int, tokens: list[Token], method: Method) -> list[Vector]:
        block = self.vit.blocks[layer]
        attention = block.attn
        width = attention.qkv.out_features // 3 // self.heads
        threes = []
        for token in tokens:
            normed = _apply(block.norm1, token.vector)
            three = _apply(attention.qkv, normed).reshape(3, self.heads, width)
            threes.append((normed, three))
            token.keys = [_apply(attention.k_norm, key) for key in three[1]]
            token.values = list(three[2])
        maps = []
        mixed = np.zeros((len(tokens), self.heads, width))
        for head in range(self.heads):
            queries = [_apply(attention.q_norm, three[0, head]) for _, three in threes]
            keys = [token.keys[head] for token in tokens]
            found = method.edit_map(self._map(queries, keys, tokens))
            for row in range(len(tokens)):
                for column in range(len(tokens)):
                    value = threes[column][1][2, head]
                    mixed[row, head] += found[row, column] * value
            maps.append(found)
        for place, token in enumerate(tokens):
            update = _apply(attention.norm, mixed[place].flatten())
            gate = getattr(attention, "gate", None)
            if gate is not None:
                opened = _apply(gate, threes[place][0])
                update = update / (1.0 + np.exp(-opened))
            update = _apply(attention.proj, update)
            token.vector = token.vector + _apply(block.ls1, update)
        return maps

    def _mlp(self, layer: int, vector: Vector) -> Vector:
        block = self.vit.blocks[layer]
        return _apply(block.ls2, _apply(block.mlp, _apply(block.norm2, vector)))

    def _classify(self, tokens: list[Token], method: Method) -> Vector:
        stacked = np.stack([token.vector for token in tokens])
        with torch.no_grad():
            normed: Tensor = self.vit.norm(torch.from_numpy(stacked)[None])
            if not (method.weighs_average and self.pool == "avg"):
                return self.vit.forward_head(normed)[0].numpy()
            start = 0 if self.vit.pool_include_prefix else self.prefix
            shares = np.array([method.share(token) for token in tokens[start:]])
            pooled = (shares[:, None] * normed[0, start:].numpy()).sum(0) / shares.sum()
            return _apply(nn.Sequential(self.vit.fc_norm, self.vit.head), pooled)


def _apply(module: nn.Module, vector: Vector) -> Vector:
    with torch.no_grad():
        return module(torch.from_numpy(np.ascontiguousarray(vector))[None])[0].numpy()
