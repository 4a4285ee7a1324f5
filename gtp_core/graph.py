"""The token graph: spatial, semantic or mixed edges, symmetrically normalised.

Sources: GTP paper (arXiv 2311.03035) section 3.2. The graph is built once per image
from the embedded tokens and never re-normalised as tokens leave.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

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


def nearest(tokens: Tensor, neighbours: int) -> Tensor:
    """The `neighbours` tokens most cosine-similar to each token, itself left out.

    `tokens` (B, N, C) -> (B, N, M); M is less where there are not enough tokens.
    """
    unit = functional.normalize(tokens.float(), dim=-1)
    with _full_precision(tokens.device):
        similarity = unit @ unit.transpose(1, 2)  # (B, N, N)
    similarity.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    most = min(neighbours, tokens.shape[1] - 1)
    return similarity.topk(most, sorted=False).indices


def _full_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Without autocast, whose rounding makes similarities tie."""
    if device.type in ("cpu", "cuda"):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()


def weights(
    tokens: Tensor, grid: tuple[int, int], kind: str, neighbours: int, prefix: int = 0
) -> Tensor:
    """Edge weights of the graph over image `tokens` (B, N, C), source first.

    Entry [b, prefix + j, prefix + i] is Â_ij of Â = D^-1/2 A D^-1/2 (paper eq. 3):
    what token i receives from token j if j is among i's edges, D the number of edges
    of a token. The rows and columns of `prefix` tokens hold zeros. Returns
    (B, prefix + N, prefix + N) float32.
    """
    if kind == "spatial":
        return _spatial_weights(grid, prefix, tokens.device).expand(len(tokens), -1, -1)
    batch, count, _ = tokens.shape
    total = prefix + count
    padded = torch.zeros(batch, total, total, dtype=torch.float32, device=tokens.device)
    edges = padded[:, prefix:, prefix:]
    edges.scatter_(1, nearest(tokens, neighbours).transpose(1, 2), 1.0)
    if kind == "mixed":
        torch.maximum(edges, _spatial_edges(grid, tokens.device), out=edges)
    _normalise_(edges)
    return padded


@lru_cache(maxsize=32)
def _spatial_edges(grid: tuple[int, int], device: torch.device) -> Tensor:
    return spatial_mask(grid, device).float()


@lru_cache(maxsize=32)
def _spatial_weights(
    grid: tuple[int, int], prefix: int, device: torch.device
) -> Tensor:
    edges = _spatial_edges(grid, device).clone()[None]
    _normalise_(edges)
    return functional.pad(edges, (prefix, 0, prefix, 0))


def _normalise_(edges: Tensor) -> None:
    """Scales rows and columns of (B, source, target) by the targets' degrees.

    A token without edges has zeros, which no scale changes.
    """
    root = edges.sum(1).clamp_min_(1.0).rsqrt_()
    edges.mul_(root[:, :, None]).mul_(root[:, None, :])


def token_graph(
    tokens: Tensor, grid: tuple[int, int], kind: str, neighbours: int
) -> list[TokenGraph]:
    """The graph of each image as a torch-free record, edges told apart by kind.

    `tokens` (B, N, C) are the image tokens that `weights` gets.
    """
    values = weights(tokens, grid, kind, neighbours).cpu().numpy()
    shape = (tokens.shape[0], tokens.shape[1], tokens.shape[1])
    kinds = torch.zeros(shape, dtype=torch.uint8, device=tokens.device)
    if kind != "spatial":
        index = nearest(tokens, neighbours).transpose(1, 2)
        kinds.scatter_(1, index, SEMANTIC)
    if kind != "semantic":
        kinds += SPATIAL * spatial_mask(grid, tokens.device)
    graphs = []
    for image_kinds, image_weights in zip(kinds.cpu().numpy(), values, strict=True):
        target, source = np.nonzero(image_kinds.T)
        graphs.append(
            TokenGraph(
                source.astype(np.int32),
                target.astype(np.int32),
                image_weights[source, target],
                image_kinds[source, target],
            )
        )
    return graphs
