"""The photo with its overlays, one pane per method."""
