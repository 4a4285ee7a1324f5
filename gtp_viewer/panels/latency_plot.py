"""The live latency plot: a dot per sample, a running median per method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

import pyqtgraph as pg  # isort: skip  (must come after PySide6)

from gtp_core.records.window import SampleWindow
from gtp_viewer import looks, theme
from gtp_viewer.panels.latency_table import Timed
from gtp_viewer.panels.ranges import stepped_range, stepped_window
from gtp_viewer.panels.widgets import DIMMED, Muted, color

SHOWN_ROUNDS = 120
"""How many rounds fit into the plot."""
SMOOTHING = 15
"""Samples in the running median."""

_HELP = (
    "A dot is one forward pass, a line the median of the latest "
    f"{SMOOTHING}. Triangles at the upper rim are samples slower than the axis shows."
)


def running_median(
    values: NDArray[np.float64], width: int = SMOOTHING
) -> NDArray[np.float64]:
    """The median of the latest `width` values at each of `values` (n,) -> (n,).

    NaN where fewer than a third of them are there yet: one slow first sample is no
    median.
    """
    if not len(values):
        return values
    padded = np.concatenate([np.full(width - 1, np.nan), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    medians = np.asarray(np.nanmedian(windows, axis=1))
    medians[: width // 3 - 1] = np.nan
    return medians


class LatencyPlot(QWidget):
    """Milliseconds of each sample against its round; nothing moves but in steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._methods: tuple[Timed, ...] = ()
        self._is_dimmed = False
        self._curves: list[Any] = []
        self._dots: list[Any] = []
        self._above: Any = None
        self._range: tuple[float, float] | None = None
        self._window = stepped_window(-1, SHOWN_ROUNDS)
        self._title = Muted("")
        self._title.setWordWrap(False)
        self.setToolTip(_HELP)
        self._plot = pg.PlotWidget()
        # Nothing in it can be operated: no stop for the Tab key.
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setAccessibleName("Latency by round")
        self._item = self._plot.getPlotItem()
        self.empty = Muted("", self._plot)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._prepare_plot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._title)
        layout.addWidget(self._plot, 1)
        self.restyle()

    def begin(self, methods: Sequence[Timed], batch: int) -> None:
        """Empty the plot and prepare a curve per method."""
        self._methods = tuple(methods)
        self._range = None
        self._window = stepped_window(-1, SHOWN_ROUNDS)
        per = "forward pass" if batch == 1 else f"batch of {batch} images"
        self._title.setText(f"ms per {per}, by round" if methods else "")
        self._item.clear()
        self._curves = [
            pg.PlotCurveItem(antialias=True, connect="finite") for _ in methods
        ]
        self._dots = [pg.ScatterPlotItem(pxMode=True, size=3) for _ in methods]
        self._above = pg.ScatterPlotItem(pxMode=True, size=7, symbol="t1")
        for item in (*self._dots, *self._curves, self._above):
            self._item.addItem(item, ignoreBounds=True)
        self.empty.setVisible(not methods)
        for axis in ("left", "bottom"):
            self._item.showAxis(axis, bool(methods))
        self.restyle()

    def set_methods(self, methods: Sequence[Timed], is_dimmed: bool) -> None:
        """Give the curves other looks; `is_dimmed`: they are out of date."""
        if (tuple(methods), is_dimmed) != (self._methods, self._is_dimmed):
            self._methods, self._is_dimmed = tuple(methods), is_dimmed
            self.restyle()

    def draw(self, window: SampleWindow) -> None:
        """Show the latest rounds of `window`."""
        first, last = self._place(len(window))
        if first == last:
            return
        rounds = np.arange(first, last, dtype=np.float64)
        series = [
            1e3 * window.seconds(index)[first:last]
            for index in range(len(self._methods))
        ]
        self._rescale(series)
        for timed, dots, curve, values in zip(
            self._methods, self._dots, self._curves, series, strict=True
        ):
            if not timed.is_floor:
                dots.setData(rounds, values)
            curve.setData(rounds, running_median(values))
        self._mark_outliers(rounds, series)

    @property
    def visible_range(self) -> tuple[float, float] | None:
        """Lowest and highest milliseconds of the axis; None before any sample."""
        return self._range

    @property
    def visible_rounds(self) -> tuple[int, int]:
        """First and last round of the axis."""
        return self._window

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        self._plot.setBackground(color("panel"))
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(color("border"))
            axis.setTextPen(color("muted"))
            axis.setStyle(
                tickFont=theme.ui_font(-1), tickLength=0, hideOverlappingLabels=True
            )
        for timed, dots, curve in zip(
            self._methods, self._dots, self._curves, strict=True
        ):
            # Opaque, already blended: translucent pens paint much slower.
            accent = self._accent(timed)
            dots.setBrush(theme.blend(accent, color("panel"), 0.55))
            dots.setPen(None)
            curve.setPen(self._pen(timed, accent))
        if self._above is not None:
            self._above.setPen(None)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.empty.setGeometry(self._plot.rect().adjusted(16, 0, -16, 0))

    def _prepare_plot(self) -> None:
        self._item.setMenuEnabled(False)
        self._item.setMouseEnabled(False, False)
        self._item.hideButtons()
        self._item.disableAutoRange()
        self._item.getAxis("left").setWidth(40)
        self._item.getAxis("bottom").setHeight(20)
        self._item.showGrid(x=False, y=True, alpha=0.35)
        for axis in ("left", "bottom"):
            self._item.hideAxis(axis)

    def _accent(self, timed: Timed) -> QColor:
        accent = looks.color(timed.tag.look)
        return theme.blend(accent, color("panel"), DIMMED if self._is_dimmed else 1.0)

    def _pen(self, timed: Timed, accent: QColor) -> Any:
        # Two pixels wide cost 1 ms a repaint more than one (120 rounds, 4 methods).
        width = 1 if timed.is_floor else 2
        pen = looks.pen(timed.tag.look, width)
        pen.setColor(accent)
        return pen

    def _place(self, total: int) -> tuple[int, int]:
        """The rounds to draw; moves the horizontal axis by steps."""
        window = stepped_window(total - 1, SHOWN_ROUNDS)
        if window != self._window or self._range is None:
            self._window = window
            self._item.setXRange(window[0], window[1], padding=0)
        return min(window[0], total), total

    def _rescale(self, series: list[NDArray[np.float64]]) -> None:
        wanted = stepped_range(np.concatenate(series), self._range)
        if wanted != self._range:
            self._range = wanted
            self._item.setYRange(*wanted, padding=0)

    def _mark_outliers(
        self, rounds: NDArray[np.float64], series: list[NDArray[np.float64]]
    ) -> None:
        """A small triangle at the rim for each sample above it."""
        if self._range is None:
            return
        low, top = self._range
        spots, brushes = [], []
        for index, values in enumerate(series):
            timed = self._methods[index]
            if timed.is_floor:
                continue
            accent = self._accent(timed)
            above = rounds[values > top]
            spots += [(x, top - 0.03 * (top - low)) for x in above.tolist()]
            brushes += [accent] * len(above)
        self._above.setData(
            [x for x, _ in spots], [y for _, y in spots], brush=brushes or None
        )
