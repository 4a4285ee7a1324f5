"""Scores of image tokens; the lowest leave.

Source: GTP paper (arXiv 2311.03035) section 3.3. Prefix tokens are never ranked, but
their rows count in the column sums.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.blocks import Need


def reads_map(selection: str) -> bool:
    """Whether `selection` is computed from the attention map."""
    return selection != "random"


def scoring_macs(selection: str, heads: int, tokens: int) -> int:
    """Multiply-adds of scoring `tokens` tokens (prefix included) by `selection`."""
    if selection.startswith("cos_sim_"):
        return (heads + 2) * tokens * tokens
    if selection.startswith(("img_", "mixed_")):
        return heads * tokens * tokens
    return 0


def need(selection: str) -> Need:
    """What a layer must show of its attention for `selection`."""
    if selection == "random":
        return Need.NOTHING
    return Need.CLASS_ROW if selection.startswith("cls_") else Need.MAP


def refusal(owner: str, selection: str, has_class_token: bool) -> str | None:
    """Why `selection` cannot be computed on such a network; None if it can."""
    if has_class_token or not selection.startswith("cls_"):
        return None
    return (
        f"{owner}: selection {selection} ranks by the class token's attention, and "
        "this network has no class token; choose another, such as mixed_attn_max."
    )


def map_scores(selection: str, attention: Tensor, prefix: int) -> Tensor:
    """Scores of all tokens from the map (b, H, n, n): (b, n).

    The entries of the first `prefix` tokens mean nothing.
    """
    if selection.startswith("cos_sim_"):
        return _dissimilarity(_over_heads(attention, selection[8:]), prefix)
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


def _dissimilarity(attention: Tensor, prefix: int) -> Tensor:
    """Minus the mean cosine similarity of a token's row of the map (b, n, n) to the
    rows of all image tokens: who attends as many others do ranks low.

    The mean similarity to unit vectors is the product with their mean vector, so no
    product of all pairs is needed.
    """
    unit = functional.normalize(attention.float(), dim=-1)
    mean = unit[:, prefix:].mean(1)  # (b, n)
    return -(unit @ mean[:, :, None])[:, :, 0]


def random_scores(tokens: Tensor, seed: int, layer: int) -> Tensor:
    """Scores (B, n) for tokens (B, n, C) that depend on `seed` and `layer` alone."""
    batch, count, _ = tokens.shape
    return _random_row(count, seed, layer, tokens.device).repeat(batch, 1)


@lru_cache(maxsize=256)
def _random_row(count: int, seed: int, layer: int, device: torch.device) -> Tensor:
    generator = torch.Generator().manual_seed(1_000_003 * seed + layer)
    return torch.rand(1, count, generator=generator).to(device)
