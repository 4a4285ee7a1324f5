"""The token graph: spatial, semantic or mixed edges, symmetrically normalised.

Sources: GTP paper (arXiv 2311.03035) section 3.2. The graph is built once per image
from the embedded tokens and never re-normalised as tokens leave.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.trace import SEMANTIC, SPATIAL, TokenGraph


@lru_cache(maxsize=32)
def spatial_mask(grid: tuple[int, int], device: torch.device) -> Tensor:
    """Which patches are among each other's 8 grid neighbours: (N, N) bool."""
    rows, columns = grid
    patch = torch.arange(rows * columns)
    row, column = patch // columns, patch % columns
    row_gap = (row[:, None] - row[None, :]).abs()
    column_gap = (column[:, None] - column[None, :]).abs()
    near = torch.maximum(row_gap, column_gap) == 1
    return near.to(device)


def semantic_mask(tokens: Tensor, neighbours: int) -> Tensor:
    """Row i marks the `neighbours` tokens most cosine-similar to token i.

    `tokens` (B, N, C) -> (B, N, N) bool, without self loops; a token has fewer
    neighbours where there are not enough tokens.
    """
    count = tokens.shape[1]
    unit = functional.normalize(tokens.float(), dim=-1)
    similarity = unit @ unit.transpose(1, 2)  # (B, N, N)
    similarity.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    nearest = similarity.topk(min(neighbours, count - 1), sorted=False).indices
    mask = torch.zeros_like(similarity, dtype=torch.bool)
    return mask.scatter_(2, nearest, True)


def adjacency(
    tokens: Tensor, grid: tuple[int, int], kind: str, neighbours: int
) -> Tensor:
    """The edges of the graph of `kind` over image `tokens` (B, N, C): (B, N, N) bool.

    Row i lists the tokens that token i may receive from.
    """
    batch, count, _ = tokens.shape
    if kind == "spatial":
        mask = spatial_mask(grid, tokens.device)
        return mask.expand(batch, count, count)
    near = semantic_mask(tokens, neighbours)
    if kind == "semantic":
        return near
    return near.logical_or_(spatial_mask(grid, tokens.device))


def normalised(edges: Tensor) -> Tensor:
    """Â = D^-1/2 A D^-1/2 with D the row sums (paper eq. 3): (B, N, N) float32.

    A token without edges gets zeros.
    """
    degree = edges.sum(-1, dtype=torch.float32)
    root = degree.rsqrt().masked_fill_(degree == 0, 0.0)
    return edges * root[:, :, None] * root[:, None, :]


def token_graph(
    tokens: Tensor, grid: tuple[int, int], kind: str, neighbours: int
) -> list[TokenGraph]:
    """The graph of each image as a torch-free record, edges told apart by kind.

    `tokens` (B, N, C) are the image tokens that `adjacency` gets.
    """
    edges = adjacency(tokens, grid, kind, neighbours)
    weights = normalised(edges).cpu().numpy()
    kinds = torch.zeros(edges.shape, dtype=torch.uint8, device=tokens.device)
    if kind != "semantic":
        kinds += SPATIAL * spatial_mask(grid, tokens.device)
    if kind != "spatial":
        kinds += SEMANTIC * semantic_mask(tokens, neighbours)
    graphs = []
    for image_kinds, image_weights in zip(kinds.cpu().numpy(), weights, strict=True):
        target, source = np.nonzero(image_kinds)
        graphs.append(
            TokenGraph(
                source.astype(np.int32),
                target.astype(np.int32),
                image_weights[target, source],
                image_kinds[target, source],
            )
        )
    return graphs
