"""Families of methods, and the colour of each.

The colours are those of Okabe and Ito, which people with any kind of colour blindness
tell apart. Within a family, methods differ in lightness and dash.
"""

from __future__ import annotations

INK = "ink"
"""The colour of text: black on a light ground, white on a dark one."""

FAMILIES: dict[str, str] = {
    "reference": "#8A8A8A",
    "gtp": "#0072B2",
    "merging": "#E69F00",
    "attention": "#009E73",
    "fusing": "#CC79A7",
    "control": "#56B4E9",
    "floor": INK,
    "other": "#882255",
}
"""Family -> colour. "other" is for methods that name no family."""
