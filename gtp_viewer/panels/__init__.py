"""The docks around the canvas: passive widgets with setters and signals."""
