"""The kinds of files that figures go into."""

from __future__ import annotations

FIGURES = (".png", ".svg", ".pdf")
ANIMATED = (".gif", ".webp")
