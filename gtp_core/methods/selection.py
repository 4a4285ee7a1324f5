"""Scores of image tokens; the lowest leave.

Source: GTP paper (arXiv 2311.03035) section 3.3. Prefix tokens are never ranked, but
their rows count in the column sums.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor


def reads_map(selection: str) -> bool:
    """Whether `selection` is computed from the attention map."""
    return "attn" in selection


def needs_class_token(selection: str) -> bool:
    """Whether `selection` looks at the class token's attention."""
    return selection.startswith("cls_")


def map_scores(selection: str, attention: Tensor) -> Tensor:
    """Scores of all tokens from the map (b, H, n, n): (b, n), prefix included."""
    source, _, reduction = selection.partition("_attn_")
    if source == "cls":
        return _over_heads(attention[:, :, 0], reduction)
    if source == "img":
        return _over_heads(_column_sums(attention), reduction)
    diagonal = attention.diagonal(dim1=2, dim2=3)  # (b, H, n)
    hardness = _over_heads(diagonal, reduction)
    if source == "diag":
        return hardness
    return hardness * _over_heads(_column_sums(attention), reduction)


def _column_sums(attention: Tensor) -> Tensor:
    """How much each token is attended to by all: (b, H, n, n) -> (b, H, n)."""
    return attention.sum(2)


def _over_heads(values: Tensor, reduction: str) -> Tensor:
    return values.amax(1) if reduction == "max" else values.mean(1)


def similarity_scores(selection: str, tokens: Tensor) -> Tensor:
    """Minus the mean or largest cosine similarity to the other image tokens.

    `tokens` (B, n, C), prefix tokens left out -> (B, n): the more a token resembles
    the others, the lower its score.
    """
    unit = F.normalize(tokens.float(), dim=-1)
    similarity = unit @ unit.transpose(1, 2)
    if selection.endswith("mean"):
        return -similarity.mean(-1)
    similarity.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    return -similarity.amax(-1)


@lru_cache(maxsize=256)
def random_scores(count: int, seed: int, layer: int, device: torch.device) -> Tensor:
    """Scores that depend on nothing but `seed` and `layer`: (1, count)."""
    generator = torch.Generator().manual_seed(1_000_003 * seed + layer)
    return torch.rand(1, count, generator=generator).to(device)
