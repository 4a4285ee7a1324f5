"""Live latency: start and stop, batch size, plot, and what may be said so far."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels import numbers
from gtp_viewer.panels.inputs import SpinBox
from gtp_viewer.panels.latency_plot import LatencyPlot
from gtp_viewer.panels.latency_table import ResultTable, Timings, result_rows
from gtp_viewer.panels.widgets import MARGIN, Notice, Panel, Scroll

REPAINT_MS = 200
"""Between two repaints of the plot: painting must not disturb what is measured."""
TEXT_EVERY = 5
"""Repaints between two updates of the figures: text that flickers cannot be read."""
LARGEST_BATCH = 256

QWIDGETSIZE_MAX = (1 << 24) - 1
_WIDE, _LOW = 600, 330  # pixels; a narrow, tall panel has the table under the plot


class LatencyPanel(Panel):
    """Times of all methods as they arrive. Samples are drawn by a timer, at most five
    times a second, never by their arrival."""

    start_requested = Signal()
    stop_requested = Signal()
    batch_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timings: Timings | None = None
        self._is_running = False
        self._state = ""
        self._drawn = -1
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(REPAINT_MS)
        self._timer.timeout.connect(self._tick)
        self.plot = LatencyPlot()
        self.table = ResultTable()
        self._make_controls()
        self._lay_out()
        self.show_timings(None)

    # -- what is shown --------------------------------------------------------

    def set_batch(self, batch: int) -> None:
        """Show `batch` images a forward pass, 1 to 256; says nothing to others."""
        blocked = self.batch_box.blockSignals(True)
        self.batch_box.setValue(batch)
        self.batch_box.blockSignals(blocked)

    def set_state(self, state: str, is_running: bool, problem: str = "") -> None:
        """Say how the measurement goes; `is_running`: it can be stopped.

        A `problem` is a sentence on why it cannot be made.
        """
        self._state, self._is_running = state, is_running
        self.button.setText("Stop" if is_running else "Start")
        self.notice.say(problem)
        self._timer.start() if is_running else self._timer.stop()
        self._say_state()

    def set_available(self, is_available: bool) -> None:
        """Whether anything can be measured."""
        self.button.setEnabled(is_available)

    def show_timings(self, timings: Timings | None, why_empty: str = "") -> None:
        """Show `timings`; without any, say why, or what to do."""
        before, self._timings = self._timings, timings
        methods = () if timings is None else timings.methods
        self.plot.empty.setText(why_empty)
        window = None if timings is None else timings.window
        if before is None or window is not before.window:
            self.plot.begin(methods, 1 if window is None else window.batch)
        self.plot.set_methods(methods, timings is not None and timings.is_earlier)
        self._results.setVisible(timings is not None)
        self.caption.setText(_caption(timings))
        self.caption.setVisible(timings is not None)
        self._colour_caption()
        self._arrange()
        self.draw()

    def draw(self) -> None:
        """Draw what has arrived, now."""
        if self._timings is not None:
            self._drawn = len(self._timings.window)
            self.plot.draw(self._timings.window)
        self._update_text()

    @property
    def timings(self) -> Timings | None:
        """What is shown."""
        return self._timings

    # -- inside ---------------------------------------------------------------

    def _arrange(self) -> None:
        wide = self.width() >= _WIDE or self.height() < _LOW
        direction = QBoxLayout.Direction
        self._body.setDirection(
            direction.LeftToRight if wide else direction.TopToBottom
        )
        # Under the plot, the table leaves it all the height that it can.
        most = QWIDGETSIZE_MAX if wide else self.table.sizeHint().height() + 2
        self._results.setMaximumHeight(most)

    def _make_controls(self) -> None:
        self.button = QPushButton("Start")
        self.button.setFixedWidth(72)
        self.button.clicked.connect(self._on_button)
        self.batch_box = SpinBox()
        self.batch_box.setRange(1, LARGEST_BATCH)
        self.batch_box.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Typing 32 is one change, not 3 and then 32.
        self.batch_box.setKeyboardTracking(False)
        self.batch_box.setToolTip("Images in each forward pass, 1 to 256")
        self.batch_box.valueChanged.connect(self.batch_changed)
        self.status, self.caption = ElidedLabel(), ElidedLabel()
        for label in (self.status, self.caption):
            label.setFont(theme.ui_font(-0.5))
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.notice = Notice("error")

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        label = QLabel("batch")
        label.setBuddy(self.batch_box)
        for widget in (self.button, label, self.batch_box):
            bar.addWidget(widget)
        bar.addSpacing(6)
        bar.addWidget(self.status, 1)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(16)
        self._body.addWidget(self.plot, 5)
        self._results = Scroll(self.table, "Latencies")
        self._body.addWidget(self._results, 7)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 6)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self.notice)
        layout.addWidget(self.caption)
        layout.addLayout(self._body, 1)

    def _on_button(self) -> None:
        signal = self.stop_requested if self._is_running else self.start_requested
        signal.emit()

    def _tick(self) -> None:
        timings = self._timings
        if timings is None or not self.isVisible() or timings.is_earlier:
            return
        if len(timings.window) == self._drawn:
            return
        self._drawn = len(timings.window)
        self.plot.draw(timings.window)
        if self._ticks % TEXT_EVERY == 0:
            self._update_text()
        self._ticks += 1

    def _update_text(self) -> None:
        timings = self._timings
        rows = []
        if timings is not None:
            rows = result_rows(
                timings.methods, timings.window, timings.about, timings.left_out
            )
        self.table.set_rows(rows, timings is not None and timings.is_earlier)
        self._say_state()

    def _say_state(self) -> None:
        timings = self._timings
        if timings is None or timings.is_earlier:
            self.status.setText(self._state)
            return
        rounds = numbers.plural(len(timings.window), "round")
        self.status.setText(f"{self._state}, {rounds}")

    def _colour_caption(self) -> None:
        is_earlier = self._timings is not None and self._timings.is_earlier
        palette = QPalette()
        if is_earlier:
            ink = theme.colors().warning_text
            palette.setColor(QPalette.ColorRole.PlaceholderText, ink)
        self.caption.setPalette(palette)

    # -- events ---------------------------------------------------------------

    def restyle(self) -> None:
        self.plot.restyle()
        self._colour_caption()
        self.draw()
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(700, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _caption(timings: Timings | None) -> str:
    if timings is None:
        return ""
    return f"before: {timings.about}" if timings.is_earlier else timings.about
