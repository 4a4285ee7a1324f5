"""Scores of image tokens; the lowest leave.

Source: GTP paper (arXiv 2311.03035) section 3.3. Prefix tokens are never ranked, but
their rows count in the column sums.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.network.blocks import Need
from gtp_core.network.constants import made_once
from gtp_core.records.macs import NetworkShape

OverHeads = Callable[[Tensor], Tensor]
MapScorer = Callable[[Tensor, int], Tensor]
HARDNESS, BROADCAST = "hard to regenerate", "broadcasts"
"""Names of the factors of a mixed score."""
_Source = Callable[[Tensor, int, OverHeads], Tensor]


def scoring_macs(selection: str, shape: NetworkShape, tokens: int) -> int:
    """Multiply-adds of scoring `tokens` tokens (prefix included) by `selection`."""
    if selection.startswith("cls_"):
        return shape.attention_row_macs(tokens)
    if selection.startswith("cos_sim_"):
        return (shape.heads + 2) * tokens * tokens
    if selection.startswith(("img_", "mixed_")):
        return shape.heads * tokens * tokens
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


def scorer(selection: str) -> MapScorer | None:
    """What scores all tokens from the map (b, H, n, n) and the number of prefix
    tokens: (b, n), of which the prefix tokens' entries mean nothing.

    None if `selection` does not read the map.
    """
    return None if selection == "random" else _SCORERS[selection]


def factor_scorers(selection: str) -> dict[str, MapScorer]:
    """The scores whose product is that of `selection`, in this order, by name.

    None where it is no product.
    """
    source, _, over_heads = selection.rpartition("_")
    if source != "mixed_attn":
        return {}
    return {
        HARDNESS: _SCORERS[f"diag_attn_{over_heads}"],
        BROADCAST: _SCORERS[f"img_attn_{over_heads}"],
    }


def _largest(values: Tensor) -> Tensor:
    return values.amax(1)


def _mean(values: Tensor) -> Tensor:
    return values.mean(1)


def _class_attention(attention: Tensor, prefix: int, over_heads: OverHeads) -> Tensor:
    del prefix
    return over_heads(attention.select(2, 0))


def _column_sums(attention: Tensor, prefix: int, over_heads: OverHeads) -> Tensor:
    """How much each token is attended to by all."""
    del prefix
    return over_heads(attention.sum(2))


def _diagonal(attention: Tensor, prefix: int, over_heads: OverHeads) -> Tensor:
    """How much each token attends to itself: hard to make from the others."""
    del prefix
    return over_heads(attention.diagonal(0, 2, 3))


def _mixed(attention: Tensor, prefix: int, over_heads: OverHeads) -> Tensor:
    """The product of both: two separate values over heads."""
    hardness = _diagonal(attention, prefix, over_heads)
    return hardness.mul_(_column_sums(attention, prefix, over_heads))


def _dissimilarity(attention: Tensor, prefix: int, over_heads: OverHeads) -> Tensor:
    """Minus the mean cosine similarity of a token's row of the map to the rows of all
    image tokens: who attends as many others do ranks low.

    The mean similarity to unit vectors is the product with their mean vector, so no
    product of all pairs is needed.
    """
    unit = functional.normalize(over_heads(attention).float(), dim=-1)
    mean = unit[:, prefix:].mean(1)  # (b, n)
    return -(unit @ mean[:, :, None])[:, :, 0]


_OVER_HEADS: dict[str, OverHeads] = {"max": _largest, "mean": _mean}
_SOURCES: dict[str, _Source] = {
    "cls_attn": _class_attention,
    "img_attn": _column_sums,
    "diag_attn": _diagonal,
    "mixed_attn": _mixed,
    "cos_sim": _dissimilarity,
}


def _scorer(look: _Source, over_heads: OverHeads) -> MapScorer:
    def score(attention: Tensor, prefix: int) -> Tensor:
        return look(attention, prefix, over_heads)

    return score


_SCORERS: dict[str, MapScorer] = {
    f"{source}_{name}": _scorer(look, over_heads)
    for source, look in _SOURCES.items()
    for name, over_heads in _OVER_HEADS.items()
}


def random_scores(tokens: Tensor, seed: int, layer: int) -> Tensor:
    """Scores (B, n) for tokens (B, n, C) that depend on `seed` and `layer` alone."""
    batch, count, _ = tokens.shape
    return _random_row(count, seed, layer, tokens.device).repeat(batch, 1)


@made_once(256)
def _random_row(count: int, seed: int, layer: int, device: torch.device) -> Tensor:
    generator = torch.Generator("cpu").manual_seed((1_000_003 * seed + layer) % 2**63)
    drawn = torch.rand(1, count, generator=generator, dtype=torch.float32, device="cpu")
    return drawn.to(device)
