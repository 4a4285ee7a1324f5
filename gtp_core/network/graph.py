"""The token graph: spatial, semantic or mixed edges, symmetrically normalised.

Sources: GTP paper (arXiv 2311.03035) section 3.2. The graph is built once per image
from the embedded tokens and never re-normalised as tokens leave.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtp_core.network.constants import made_once
from gtp_core.network.precision import can_use_numpy, products
from gtp_core.records.trace import SEMANTIC, SPATIAL, TokenGraph

SMALLEST_LENGTH = 1e-12
"""A shorter token counts as this long, so that nothing is divided by zero."""


@made_once(32)
def spatial_mask(grid: tuple[int, int], device: torch.device) -> Tensor:
    """Which patches are among each other's 8 grid neighbours: (N, N) bool."""
    rows, columns = grid
    patch = torch.arange(rows * columns, device="cpu")
    row, column = patch // columns, patch % columns
    row_gap = (row[:, None] - row[None, :]).abs()
    column_gap = (column[:, None] - column[None, :]).abs()
    near = torch.maximum(row_gap, column_gap) == 1
    return near.to(device)


def nearest(tokens: Tensor, neighbours: int) -> Tensor:
    """Which tokens are the `neighbours` most cosine-similar ones to each token.

    `tokens` (B, N, C) -> (B, N, N) bool: row i marks `neighbours` tokens other than i,
    or all others if there are fewer.
    """
    most = min(neighbours, tokens.shape[1] - 1)
    closeness = _closeness(tokens)
    if most > 0 and can_use_numpy(tokens):
        found = _nearest_on_cpu(closeness, most)
        if found is not None:
            return found
    index = closeness.topk(most, sorted=False).indices
    return torch.zeros_like(closeness, dtype=torch.bool).scatter_(2, index, True)


def _nearest_on_cpu(closeness: Tensor, most: int) -> Tensor | None:
    """The `most` largest of each row, several times faster than by topk.

    numpy partitions integers with vector instructions, and the bits of positive floats
    have the same order as the floats. None if that does not decide: a row has too few
    positive entries, or equal ones at the threshold.
    """
    bits = closeness.numpy().view(np.int32)
    place = bits.shape[2] - most
    threshold = np.partition(bits, place, axis=2)[:, :, place]
    near = bits >= threshold[:, :, None]
    if (threshold <= 0).any() or np.count_nonzero(near) != most * threshold.size:
        return None
    return torch.from_numpy(near)


def _closeness(tokens: Tensor) -> Tensor:
    """(B, N, N): each row has the same order as the cosine similarities to its token.

    Dividing by the other token's length is enough for the order. The diagonal is minus
    infinity.
    """
    tokens = tokens.float()
    closeness = products(tokens, tokens)
    diagonal = closeness.diagonal(0, 1, 2)
    inverse_lengths = diagonal.clamp_min(SMALLEST_LENGTH**2).rsqrt_()
    closeness.mul_(inverse_lengths.unsqueeze(1))
    diagonal.fill_(-torch.inf)
    return closeness


def weights(
    tokens: Tensor,
    grid: tuple[int, int],
    kind: str,
    neighbours: int,
    prefix: int = 0,
    alpha: float = 1.0,
) -> Tensor:
    """Edge weights of the graph over image `tokens` (B, N, C), source first.

    Entry [b, prefix + j, prefix + i] is α Â_ij of Â = D^-1/2 A D^-1/2 (paper eq. 3):
    what token i receives from token j if j is among i's edges, D the number of edges
    of a token. The rows and columns of `prefix` tokens hold zeros. Returns
    (B, prefix + N, prefix + N) float32.
    """
    if kind == "spatial":
        same = _spatial_weights(grid, prefix, tokens.device, alpha)
        return same.expand(len(tokens), -1, -1)
    fixed = _fixed_edges(grid, kind, prefix, tokens.device)
    edges = fixed.expand(len(tokens), -1, -1).clone(
        memory_format=torch.contiguous_format
    )
    patches = tokens.shape[1]
    inner = edges.narrow(1, prefix, patches).narrow(2, prefix, patches)
    inner.masked_fill_(nearest(tokens, neighbours).transpose(1, 2), 1.0)
    return _normalised_(edges, alpha)


@made_once(32)
def _fixed_edges(
    grid: tuple[int, int], kind: str, prefix: int, device: torch.device
) -> Tensor:
    """The edges that are the same for every image, (1, prefix + N, prefix + N).

    This tensor is kept and must not be written to.
    """
    total = prefix + grid[0] * grid[1]
    edges = torch.zeros(1, total, total, dtype=torch.float32, device=device)
    if kind != "semantic":
        edges[:, prefix:, prefix:] = spatial_mask(grid, device)
    return edges


@made_once(32)
def _spatial_weights(
    grid: tuple[int, int], prefix: int, device: torch.device, alpha: float
) -> Tensor:
    """The weights of the spatial graph, which are the same for every image.

    This tensor is kept and must not be written to.
    """
    edges = _fixed_edges(grid, "spatial", prefix, device)
    return _normalised_(edges.clone(), alpha)


def _normalised_(edges: Tensor, alpha: float) -> Tensor:
    """Scales rows and columns of (B, source, target) by the targets' degrees.

    A token without edges has zeros, which stay zeros.
    """
    root = edges.sum(1).clamp_min_(1.0).rsqrt_()
    edges.mul_(root.unsqueeze(1))
    return edges.mul_(root.mul_(alpha).unsqueeze(2))


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
        kinds += SEMANTIC * nearest(tokens, neighbours).transpose(1, 2)
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
