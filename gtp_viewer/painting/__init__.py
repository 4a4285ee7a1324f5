"""Paints marks with Qt; what they look like is decided in `gtp_core.drawing`."""
