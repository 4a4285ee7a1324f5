"""Title, panels, legend and caption on one sheet, as a matplotlib figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gtp_core.drawing import lettering
from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.painter import plain_settings
from gtp_core.drawing.panel import Panel, draw_panel
from gtp_core.drawing.paper import FAINT_INK, INK, MARGIN, blank, write
from gtp_core.drawing.sheet_legend import LEGEND_ROW, draw_legend_row, legend_rows
from gtp_core.methods.families import INK as INK_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NARROWEST = 640.0
GAP = 24.0
NARROW_GAP = 6.0
"""Between small panels."""
SMALL = 200.0
"""A panel that is narrower is small."""
TITLE, HEADING, SMALL_HEADING, CAPTION = 20.0, 13.0, 11.0, 14.0
"""Sizes of letters in pixels."""
ABOVE_PANEL, ABOVE_SMALL, ROW_TITLE = 26.0, 17.0, 28.0
BELOW_LINE, AFTER_ROW = 15.0, 16.0
BEFORE_LEGEND, BEFORE_CAPTION = 14.0, 6.0
CAPTION_ROW = 22.0
TITLE_ROW = 34.0


@dataclass(frozen=True, eq=False)
class Row:
    """Panels side by side. `title` stands above them, in the colour of `look`."""

    panels: Sequence[Panel]
    title: str = ""
    look: Look | None = None

    @property
    def is_small(self) -> bool:
        """Whether the pictures are small."""
        return all(panel.size[0] < SMALL for panel in self.panels)

    @property
    def gap(self) -> float:
        """Between two panels."""
        return NARROW_GAP if self.is_small else GAP

    @property
    def width(self) -> float:
        """Of all panels together."""
        gaps = self.gap * (len(self.panels) - 1)
        return sum(panel.size[0] for panel in self.panels) + gaps

    @property
    def above(self) -> float:
        """Height of what stands above the pictures."""
        heading = ABOVE_SMALL if self.is_small else ABOVE_PANEL
        return (ROW_TITLE if self.title else 0.0) + heading

    @property
    def height(self) -> float:
        """Of the pictures and the words above and below them."""
        below = max(len(panel.below) for panel in self.panels) * BELOW_LINE
        return self.above + max(panel.size[1] for panel in self.panels) + below


def compose(
    title: str,
    rows: Sequence[Row],
    legend: Sequence[LegendEntry],
    lines: Sequence[str],
) -> Figure:
    """The whole sheet; `lines` are the caption."""
    with plain_settings():
        return _composed(title, rows, legend, lines)


def _composed(
    title: str,
    rows: Sequence[Row],
    legend: Sequence[LegendEntry],
    lines: Sequence[str],
) -> Figure:
    looks = {panel.look.color for row in rows for panel in row.panels}
    inner = max(NARROWEST, *(row.width for row in rows))
    caption = [
        row
        for line in lines
        for row in lettering.wrapped(lettering.printable(line), CAPTION, inner)
    ]
    entries = legend_rows(legend, inner)
    pictures = sum(row.height for row in rows) + AFTER_ROW * (len(rows) - 1)
    height = MARGIN + TITLE_ROW + pictures + BEFORE_LEGEND + LEGEND_ROW * len(entries)
    height += BEFORE_CAPTION + CAPTION_ROW * len(caption) + MARGIN
    figure, paper = blank(inner + 2 * MARGIN, height)
    color = looks.pop() if len(looks) == 1 else INK_NAME
    _draw_title(paper, title, inner, Look(color))
    y = MARGIN + TITLE_ROW
    for panels in rows:
        _draw_row(figure, paper, panels, y, wears_color=bool(looks))
        y += panels.height + AFTER_ROW
    y += BEFORE_LEGEND - AFTER_ROW
    for row in entries:
        draw_legend_row(paper, row, y)
        y += LEGEND_ROW
    y += BEFORE_CAPTION
    for line in caption:
        write(paper, line, MARGIN, y + CAPTION_ROW / 2, CAPTION, INK)
        y += CAPTION_ROW
    return figure


def _draw_title(paper: Axes, title: str, inner: float, look: Look) -> None:
    middle = MARGIN + 10
    _draw_bar(paper, look, MARGIN, middle, 22)
    text = lettering.elided(lettering.printable(title), TITLE, inner - 14)
    write(paper, text, MARGIN + 14, middle, TITLE, INK)


def _draw_bar(paper: Axes, look: Look, x: float, middle: float, height: float) -> None:
    """A stroke in the colour of a method."""
    from matplotlib.patches import Rectangle

    color = INK if look.color == INK_NAME else look.color
    corner = (x, middle - height / 2)
    bar = Rectangle(corner, 5, height, facecolor=color, linewidth=0)
    paper.add_artist(bar)


def _draw_row(
    figure: Figure, paper: Axes, row: Row, top: float, wears_color: bool
) -> None:
    """With `wears_color`, each heading has a bar in the colour of its method."""
    if row.title:
        _draw_row_title(paper, row, top + ROW_TITLE / 2 - 2)
    x, y = MARGIN, top + row.above
    for panel in row.panels:
        alone = max(panel.size[0], NARROWEST if len(row.panels) == 1 else 0.0)
        start = x
        if wears_color and panel.heading and not row.title:
            _draw_bar(paper, panel.look, x, y - 13, 13)
            start += 11
        _draw_words(paper, row, panel, (start, y), alone - (start - x))
        draw_panel(figure, panel, x, y)
        x += panel.size[0] + row.gap


def _draw_row_title(paper: Axes, row: Row, middle: float) -> None:
    start = MARGIN
    if row.look is not None:
        _draw_bar(paper, row.look, MARGIN, middle, 16)
        start += 14
    title = lettering.elided(lettering.printable(row.title), CAPTION, row.width)
    write(paper, title, start, middle, CAPTION, INK)


def _draw_words(
    paper: Axes, row: Row, panel: Panel, corner: tuple[float, float], room: float
) -> None:
    """The heading above a picture, whose left top is `corner`, and the lines below."""
    x, y = corner
    size = SMALL_HEADING if row.is_small else HEADING
    heading = lettering.elided(lettering.printable(panel.heading), size, room)
    above = 9 if row.is_small else 13
    write(paper, heading, x, y - above, size, INK if row.is_small else FAINT_INK)
    bottom = y + panel.size[1]
    for number, line in enumerate(panel.below):
        text = lettering.elided(lettering.printable(line), SMALL_HEADING, room)
        middle = bottom + (number + 0.6) * BELOW_LINE
        write(paper, text, x, middle, SMALL_HEADING, FAINT_INK)
