"""Curves through the layers, below the miniatures: each point in its layer's column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from gtp_core.drawing.looks import Look
from gtp_core.records.features import Features
from gtp_viewer import looks, theme
from gtp_viewer.canvas.films import Figures
from gtp_viewer.canvas.strip_layout import LINE, StripLayout

SAMPLE = 14
_BETWEEN = 9
_DASHED, _DOTTED = (4.0, 2.5), (1.2, 2.0)


@dataclass(frozen=True)
class CurveLine:
    """One line: a share from 0 to 1 for each layer, NaN where it is not known.

    `short` is its name where there is little room. Without `is_of_method` it wears the
    colour of text.
    """

    name: str
    short: str
    values: tuple[float, ...]
    is_of_method: bool = True
    is_stepped: bool = False
    dash: tuple[float, ...] = ()


def token_lines(figures: Sequence[Figures], patches: int) -> tuple[CurveLine, ...]:
    """Tokens left, and content held where a method removes tokens."""
    left = tuple(one.left / patches for one in figures)
    lines = [CurveLine("tokens left", "tokens", left, is_stepped=True)]
    held = tuple(math.nan if one.lost is None else 1.0 - one.lost for one in figures)
    if not all(map(math.isnan, held)):
        lines.append(CurveLine("content held", "content", held, dash=_DASHED))
    return tuple(lines)


def feature_lines(features: Features | None) -> tuple[CurveLine, ...]:
    """Similarity to the unpruned network, layer by layer, as far as it is known."""
    if features is None:
        return ()
    cosines = tuple(_known(layer.class_similarity) for layer in features.layers)
    alike = tuple(_known(layer.cka) for layer in features.layers)
    name, short = "class token like unpruned (cosine)", "class"
    lines = [CurveLine(name, short, cosines, is_of_method=False)]
    name, short = "patches like unpruned (CKA)", "patches"
    lines.append(CurveLine(name, short, alike, is_of_method=False, dash=_DOTTED))
    return tuple(line for line in lines if not all(map(math.isnan, line.values)))


def _known(share: float | None) -> float:
    return math.nan if share is None else share


def paint_curves(
    painter: QPainter, layout: StripLayout, lines: Sequence[CurveLine], look: Look
) -> None:
    """The lines on their scale; x counts from the first column."""
    box = layout.curve_box()
    painter.setPen(QPen(QColor(theme.colors().border), 1.0))
    for share in (0.0, 0.5, 1.0):
        y = round(_height(box, share)) + 0.5
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        painter.setPen(_pen(line, look))
        for points in _runs(line, layout, box):
            painter.drawPolyline(QPolygonF(points))


def paint_scale(painter: QPainter, layout: StripLayout, right: float) -> None:
    """What the height means, to the left of `right`."""
    box = layout.curve_box()
    painter.setPen(QColor(theme.colors().muted))
    for share, text in ((1.0, "100 %"), (0.0, "0 %")):
        area = QRectF(0.0, _height(box, share) - LINE / 2, right, LINE)
        painter.drawText(area, _RIGHT_MIDDLE, text)


_RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def paint_key(
    painter: QPainter, area: QRectF, lines: Sequence[CurveLine], look: Look
) -> None:
    """A sample and a name for each line; short names where the long ones do not fit."""
    names = key_names(lines, area.width(), QFontMetricsF(painter.font()))
    x = area.left()
    for line, name in zip(lines, names, strict=True):
        y = area.center().y()
        painter.setPen(_pen(line, look))
        painter.drawLine(QPointF(x, y), QPointF(x + SAMPLE, y))
        painter.setPen(QColor(theme.colors().muted))
        width = QFontMetricsF(painter.font()).horizontalAdvance(name)
        text = QRectF(x + SAMPLE + 4, area.top(), width + 2, area.height())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), name)
        x = text.right() + _BETWEEN


def key_names(
    lines: Sequence[CurveLine], width: float, metrics: QFontMetricsF
) -> list[str]:
    """The names of the lines, all long or all short."""
    names = [line.name for line in lines]
    taken = sum(SAMPLE + 6 + metrics.horizontalAdvance(name) for name in names)
    fits = taken + _BETWEEN * (len(names) - 1) <= width
    return names if fits else [line.short for line in lines]


def _height(box: QRectF, share: float) -> float:
    inside = min(max(share, 0.0), 1.0)
    return box.bottom() - 1 - inside * (box.height() - 2)


def _pen(line: CurveLine, look: Look) -> QPen:
    color = looks.color(look) if line.is_of_method else QColor(theme.colors().text)
    pen = QPen(color, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if line.dash:
        pen.setDashPattern(list(line.dash))
    return pen


def _runs(line: CurveLine, layout: StripLayout, box: QRectF) -> list[list[QPointF]]:
    """The points of the line, apart where a value is not known."""
    runs: list[list[QPointF]] = [[]]
    for layer, share in enumerate(line.values):
        if math.isnan(share):
            runs.append([])
            continue
        column, y = layout.column_box(layer), _height(box, share)
        if line.is_stepped:
            runs[-1] += [QPointF(column.left(), y), QPointF(column.right(), y)]
        else:
            runs[-1].append(QPointF(column.center().x(), y))
    return [run for run in runs if len(run) > 1]
