"""Looks of methods in Qt: colours, pens and small samples, legible in both themes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from gtp_core.drawing.looks import FLOOR_DASH, Look
from gtp_core.methods.families import INK
from gtp_viewer import theme

SAMPLE_WIDTH, SAMPLE_HEIGHT = 22, 10
"""Size of a sample line, in pixels."""

_LEAST_MOVED = 0.22
"""All inks move at least this far towards the text colour, so that a light family does
not end where a dark one is."""
_STEP = 0.02
_THICK, _THIN = 4.0, 1.6
_SAMPLE_UNIT = 2.0
"""Pixels of a sample line for a dash length of 1."""
_BAR_UNIT = 1.5
"""The same for a bar."""
_PALE = 0.3


def color(look: Look) -> QColor:
    """The colour of lines and bars on a panel of the theme in use."""
    if look.color == INK:
        return QColor(theme.colors().text)
    colors = theme.colors()
    return QColor(_moved(look.color, colors, 0.0, colors.stroke_contrast))


def ink(look: Look) -> QColor:
    """The colour of text on a panel of the theme in use: with the contrast of text."""
    if look.color == INK:
        return QColor(theme.colors().text)
    colors = theme.colors()
    return QColor(_moved(look.color, colors, _LEAST_MOVED, colors.text_contrast))


def is_thin(look: Look) -> bool:
    """Whether lines of `look` are thin: those of floors, which only stand by."""
    return look.dash == FLOOR_DASH


def pen(look: Look, width: float) -> QPen:
    """A pen for a line of `width` pixels; the dash is counted in line widths."""
    made = QPen(color(look), width)
    made.setCosmetic(True)
    if look.dash:
        made.setDashPattern(list(look.dash))
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def paint_sample(painter: QPainter, box: QRectF, look: Look) -> None:
    """A piece of the method's line in the middle of `box`: its colour and its dash."""
    height = _THIN if is_thin(look) else _THICK
    line = QRectF(box.x(), box.center().y() - height / 2, box.width(), height)
    fill_dashed(painter, line, color(look), look.dash, _SAMPLE_UNIT)


def sample_icon(look: Look) -> QIcon:
    """A sample line as an icon, sharp at any scale of the screen."""
    made = QIcon()
    for scale in (1.0, 2.0):
        pixmap = QPixmap(round(scale * SAMPLE_WIDTH), round(scale * SAMPLE_HEIGHT))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_sample(painter, QRectF(0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT), look)
        painter.end()
        # The same in a selected row: Qt would tint it, and the colour has a meaning.
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            made.addPixmap(pixmap, mode)
    return made


def fill_bar(
    painter: QPainter, box: QRectF, fill: QColor, look: Look, upwards: bool = False
) -> None:
    """A bar that is paler where the method's line has its gaps.

    `upwards`: the gaps follow each other along its height.
    """
    if look.dash:
        painter.fillRect(box, theme.blend(fill, QColor(theme.colors().panel), _PALE))
    fill_dashed(painter, box, fill, look.dash, _BAR_UNIT, upwards)


def fill_dashed(
    painter: QPainter,
    box: QRectF,
    fill: QColor,
    dash: tuple[float, ...],
    unit: float,
    upwards: bool = False,
) -> None:
    """Fill `box` with strokes across its whole width, with the gaps of `dash`.

    Strokes run from the left, or from the bottom with `upwards`.
    """
    length = box.height() if upwards else box.width()
    for start, end in _strokes(dash, unit, length):
        if upwards:
            low = QPointF(box.left(), box.bottom() - start)
            part = QRectF(
                QPointF(low.x(), box.bottom() - end), QPointF(box.right(), low.y())
            )
        else:
            part = QRectF(box.left() + start, box.top(), end - start, box.height())
        painter.fillRect(part, fill)


def _strokes(
    dash: tuple[float, ...], unit: float, length: float
) -> list[tuple[float, float]]:
    """Start and end of each stroke along a line of `length`."""
    if not dash:
        return [(0.0, length)]
    found, at, place = [], 0.0, 0
    while at < length:
        size = dash[place % len(dash)] * unit
        if place % 2 == 0:
            found.append((at, min(at + size, length)))
        at += size
        place += 1
    return found


@lru_cache(maxsize=256)
def _moved(name: str, colors: theme.Colors, share: float, contrast: float) -> str:
    """`name` mixed with `share` of black or white, and more until it has `contrast`."""
    original, paper = QColor(name), QColor(colors.panel)
    target = QColor("#FFFFFF" if colors.is_dark else "#000000")
    while True:
        mixed = theme.blend(target, original, share).name()
        if theme.contrast(QColor(mixed), paper) >= contrast or share >= 1.0:
            return mixed
        share += _STEP
