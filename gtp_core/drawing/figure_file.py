"""Figures as files: PNG of any size, SVG and PDF. One figure gives the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing.figure_kinds import FIGURES
from gtp_core.drawing.painter import plain_settings
from gtp_core.drawing.paper import DPI
from gtp_core.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NARROWEST, MOST_PIXELS = 100, 100_000_000
"""The least pixels of width, and the most pixels in all, of a PNG."""

_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": "gtp-viewer"},
    ".svg": {"Date": None, "Creator": "gtp-viewer"},
    ".pdf": {"CreationDate": None, "Creator": "gtp-viewer"},
}


def save(figure: Figure, path: Path | str, width: int | None = None) -> None:
    """Write a figure as PNG, SVG or PDF, by the suffix of `path`.

    `width` is that of a PNG in pixels; without it there are 144 to the inch. The same
    figure gives the same bytes. Raises ValueError for another suffix or a width that
    is not possible, OSError if the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FIGURES:
        raise ValueError(
            f"{path.name} is no kind of figure; allowed: {', '.join(FIGURES)}."
        )
    write_whole(path, figure_bytes(figure, suffix, width))


def figure_bytes(figure: Figure, suffix: str, width: int | None = None) -> bytes:
    """The file of a figure; `suffix` is one of `FIGURES`. Raises as `save` does."""
    dpi = DPI if width is None or suffix != ".png" else _dpi(figure, width)
    file = io.BytesIO()
    with plain_settings():
        figure.savefig(file, format=suffix[1:], metadata=_METADATA[suffix], dpi=dpi)
    return file.getvalue()


def figure_pixels(figure: Figure, width: int) -> NDArray[np.uint8]:
    """The figure as pixels (H, `width`, 3). Raises ValueError as `save` does."""
    file = io.BytesIO()
    with plain_settings():
        figure.savefig(file, format="rgba", dpi=_dpi(figure, width))
    pixels = np.frombuffer(file.getvalue(), np.uint8).reshape(-1, width, 4)
    return np.ascontiguousarray(pixels[..., :3])


def _dpi(figure: Figure, width: int) -> float:
    inches, high = figure.get_size_inches()
    most = int((MOST_PIXELS * inches / high) ** 0.5)
    if not NARROWEST <= width <= most:
        raise ValueError(
            f"The width is {width} pixels; allowed for this figure: {NARROWEST} to "
            f"{most:,}."
        )
    # Half a pixel more, because matplotlib cuts the fraction off.
    return float((width + 0.5) / inches)
