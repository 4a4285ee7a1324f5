"""The ways to score tokens that several methods offer."""

from __future__ import annotations

SELECTIONS = (
    "mixed_attn_max",
    "mixed_attn_mean",
    "diag_attn_max",
    "diag_attn_mean",
    "img_attn_max",
    "img_attn_mean",
    "cls_attn_max",
    "cls_attn_mean",
    "cos_sim_max",
    "cos_sim_mean",
    "random",
)
"""The names of the ways to score a token's importance. The lowest scores leave."""
