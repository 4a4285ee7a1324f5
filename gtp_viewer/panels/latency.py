"""Live latency: start and stop, batch size, plot, and what may be said so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import MethodBase
from gtp_core.records.environment import Environment
from gtp_core.records.window import SampleWindow
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.latency_plot import LatencyPlot
from gtp_viewer.panels.latency_table import ResultTable, result_rows
from gtp_viewer.panels.widgets import MARGIN, Elided, Notice, Panel, Scroll

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

    start_requested = Signal(int)
    stop_requested = Signal()
    batch_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._methods: tuple[MethodBase, ...] = ()
        self._window: SampleWindow | None = None
        self._mac_ratios: dict[str, float] = {}
        self._about = ""
        self._busy = False
        self._measuring = False
        self._fresh = False
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(REPAINT_MS)
        self._timer.timeout.connect(self._tick)
        self.plot = LatencyPlot()
        self.table = ResultTable()
        self._make_controls()
        self._lay_out()
        self._show_state()

    def set_batch(self, batch: int) -> None:
        """Show `batch` images a forward pass, 1 to 256; says nothing to others."""
        blocked = self.batch_box.blockSignals(True)
        self.batch_box.setValue(batch)
        self.batch_box.blockSignals(blocked)

    def batch(self) -> int:
        """Images a forward pass."""
        return self.batch_box.value()

    def is_running(self) -> bool:
        """Whether a measurement was asked for and has not ended."""
        return self._busy

    def set_available(self, available: bool, reason: str = "") -> None:
        """Whether measuring can be started; `reason` says why not."""
        self.button.setEnabled(available or self._busy)
        self.button.setToolTip(reason)
        if not self._busy and self._window is None:
            self.status.setText(reason)

    def set_preparing(self, text: str) -> None:
        """Say what goes on before the first sample, such as warming up."""
        self._busy = True
        self.status.setText(text)
        self._show_state()

    def begin(
        self,
        methods: Sequence[MethodBase],
        batch: int,
        threads: int,
        environment: Environment | None,
    ) -> None:
        """A measurement of `methods` has begun; the first is the baseline."""
        self._methods = tuple(methods)
        self._window = SampleWindow([str(method) for method in methods], batch)
        self._about = _describe(batch, threads, environment)
        self._busy = self._measuring = True
        self.notice.say("")
        self.set_batch(batch)
        self.plot.begin(self._methods, batch)
        self._results.show()
        self._update_text()
        self._arrange()
        self._timer.start()
        self._show_state()

    def add_sample(self, method_index: int, round: int, seconds: float) -> None:
        """Take in one sample; it is drawn at the next tick of the timer."""
        if self._window is not None:
            self._fresh |= self._window.add(method_index, round, seconds)

    def stopped(self, reason: str) -> None:
        """The measurement has ended; a `reason` is shown if it was not asked for."""
        self._busy = self._measuring = False
        self._timer.stop()
        self.notice.say(reason)
        self.refresh()
        self._show_state()

    def set_mac_ratios(self, ratios: Mapping[str, float]) -> None:
        """Each method's MACs / the unpruned network's, by the method's text."""
        self._mac_ratios = dict(ratios)
        self._update_text()

    def refresh(self) -> None:
        """Draw what has arrived, now."""
        self._fresh = False
        if self._window is not None:
            self.plot.draw(self._window)
        self._update_text()

    def restyle(self) -> None:
        self.plot.restyle()
        if self._window is not None:
            self.plot.draw(self._window)
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(700, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= _WIDE or self.height() < _LOW
        direction = QBoxLayout.Direction
        self._body.setDirection(
            direction.LeftToRight if wide else direction.TopToBottom
        )
        self._limit_table(wide)

    def _make_controls(self) -> None:
        self.button = QPushButton("Start")
        self.button.setFixedWidth(72)
        self.button.clicked.connect(self._on_button)
        self.batch_box = QSpinBox()
        self.batch_box.setRange(1, LARGEST_BATCH)
        self.batch_box.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Typing 32 is one change, not 3 and then 32.
        self.batch_box.setKeyboardTracking(False)
        self.batch_box.setToolTip("Images in each forward pass, 1 to 256")
        self.batch_box.valueChanged.connect(self.batch_changed)
        self.status = Elided()
        self.status.setFont(theme.ui_font(-0.5))
        self.status.setForegroundRole(QPalette.ColorRole.PlaceholderText)
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
        self._results = Scroll(self.table)
        self._results.hide()
        self._body.addWidget(self._results, 7)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 6)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self.notice)
        layout.addLayout(self._body, 1)

    def _limit_table(self, wide: bool) -> None:
        """Under the plot, the table leaves it all the height that it can."""
        most = QWIDGETSIZE_MAX if wide else self.table.sizeHint().height() + 2
        self._results.setMaximumHeight(most)

    def _on_button(self) -> None:
        if self._busy:
            self.stop_requested.emit()
            return
        self.notice.say("")
        self.set_preparing("Warming up…")
        self.start_requested.emit(self.batch())

    def _show_state(self) -> None:
        self.button.setText("Stop" if self._busy else "Start")

    def _tick(self) -> None:
        if not self._fresh or self._window is None or not self.isVisible():
            return
        self._fresh = False
        self.plot.draw(self._window)
        if self._ticks % TEXT_EVERY == 0:
            self._update_text()
        self._ticks += 1

    def _update_text(self) -> None:
        if self._window is None:
            return
        rows = result_rows(self._methods, self._window, self._mac_ratios)
        self.table.set_rows(rows)
        rounds = numbers.plural(len(self._window), "round")
        state = "measuring" if self._measuring else "measured"
        self.status.setText(f"{state}, {rounds} · {self._about}")


def _describe(batch: int, threads: int, environment: Environment | None) -> str:
    parts = [f"batch {batch}", numbers.plural(threads, "thread")]
    if environment is not None:
        parts += [environment.processor, f"torch {environment.torch}"]
    return " · ".join(part for part in parts if part)
