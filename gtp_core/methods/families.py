"""Families of methods: methods of one family share a hue wherever they are drawn.

The colours are those of Okabe and Ito, which people with any kind of colour blindness
tell apart. Within a family, methods differ in lightness and dash.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "ink"
"""Instead of a colour: black on a light ground, white on a dark one."""


@dataclass(frozen=True)
class Family:
    """A hue and what its methods have in common; `color` is "#RRGGBB" or INK."""

    title: str
    color: str
    help: str


FAMILIES = {
    "reference": Family("Reference", "#8A8A8A", "The network as it is."),
    "gtp": Family("GTP", "#0072B2", "Removed tokens pass on along a token graph."),
    "merging": Family("Merging", "#E69F00", "Similar tokens become one."),
    "attention": Family("Attention", "#009E73", "Tokens with little attention leave."),
    "fusing": Family("Fusing", "#CC79A7", "Removed tokens are fused into one token."),
    "control": Family("Control", "#56B4E9", "Tokens leave whatever the image shows."),
    "floor": Family("Floor", INK, "Tokens vanish at no cost: a reference for time."),
    "other": Family("Other", "#882255", "Methods of plug-ins that name no family."),
}
"""Every family by its name, in the order of menus."""
