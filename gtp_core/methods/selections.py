"""The ways to score tokens that several methods offer."""

from __future__ import annotations

SELECTIONS = {
    "mixed_attn_max": "Hard to make from the others, and attended to by many; each "
    "the largest over the heads.",
    "mixed_attn_mean": "Hard to make from the others, and attended to by many; each "
    "the mean over the heads.",
    "diag_attn_max": "Attends to itself: hard to make from the others; the largest "
    "over the heads.",
    "diag_attn_mean": "Attends to itself: hard to make from the others; the mean over "
    "the heads.",
    "img_attn_max": "Attended to by all tokens together; the largest over the heads.",
    "img_attn_mean": "Attended to by all tokens together; the mean over the heads.",
    "cls_attn_max": "Attended to by the class token; the largest over the heads.",
    "cls_attn_mean": "Attended to by the class token; the mean over the heads.",
    "cos_sim_max": "Attends unlike the other tokens; the largest over the heads.",
    "cos_sim_mean": "Attends unlike the other tokens; the mean over the heads.",
    "random": "By chance, the same for every image: a control.",
}
"""What makes a token important -> in one sentence. The lowest scores leave."""
