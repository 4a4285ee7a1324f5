"""What each method answers, side by side, and whether the answer changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.probabilities import SHOWN, Prediction, predict
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.widgets import (
    CHIP,
    MARGIN,
    Muted,
    Notice,
    Panel,
    Scroll,
    color,
    occurrences,
    paint_bar,
    paint_chip,
    paint_text,
    paint_tick,
    paint_triangle,
)

_COLUMN = 205  # narrowest column, pixels
_MEANINGLESS = (
    "Random weights: the class names mean nothing. Only whether the answers agree does."
)
_EMPTY = "Open an image: each method's answer is shown here."

Row = tuple[MethodBase, "NDArray[np.floating] | None", "str | None"]


@dataclass(frozen=True)
class Answer:
    """What one method answers, ready to be painted.

    `prediction` is None while it is computed, and where the method failed.
    """

    method: MethodBase
    nth: int
    prediction: Prediction | None
    failure: str | None = None
    is_stale: bool = False
    """An earlier answer of the method, shown while the new one is computed."""

    @property
    def top(self) -> tuple[tuple[str, float], ...]:
        """(class name, probability), the most probable first."""
        found = () if self.prediction is None else self.prediction.top
        return tuple((answer.name, answer.probability) for answer in found)

    @property
    def agrees(self) -> bool | None:
        """Whether the answer is the unpruned network's; None where that is open."""
        return None if self.prediction is None else self.prediction.agrees

    @property
    def divergence(self) -> float | None:
        """Divergence from the unpruned network's answer, in nats."""
        return None if self.prediction is None else self.prediction.divergence

    @property
    def verdict(self) -> str:
        """The comparison with the unpruned network in words."""
        if self.failure or self.prediction is None or not self.prediction.top:
            return ""
        if self.is_stale:
            return "computing…"
        if isinstance(self.method, Unpruned):
            return "reference"
        return self.prediction.verdict


def answers(rows: Sequence[Row], class_names: Sequence[str] | None) -> list[Answer]:
    """Every method's answer, compared with the unpruned network's."""
    truth = next(
        (logits for method, logits, _ in rows if isinstance(method, Unpruned)), None
    )
    shades = occurrences(method for method, _, _ in rows)
    return [
        _answer(row, nth, class_names, truth)
        for row, nth in zip(rows, shades, strict=True)
    ]


def _answer(
    row: Row,
    nth: int,
    names: Sequence[str] | None,
    truth: NDArray[np.floating] | None,
) -> Answer:
    method, logits, failure = row
    if failure or logits is None:
        return Answer(method, nth, None, failure)
    reference = None if isinstance(method, Unpruned) else truth
    found = predict(str(method), logits, names, reference)
    return Answer(method, nth, found, found.problem)


class AnswerBlock(QWidget):
    """One method's answer: a title with the verdict, then a bar for each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self._meaningless = False
        self._row = QFontMetrics(theme.ui_font()).height() + 4

    def set_answer(self, answer: Answer, meaningless: bool) -> None:
        """Show `answer`; names are toned down if they mean nothing.

        While an answer is computed, the method's last one stays: nothing flickers as
        a slider is dragged.
        """
        self._answer = self._bridge(answer)
        self._meaningless = meaningless
        self.setAccessibleName(answer.method.label)
        self.setAccessibleDescription(self.summary())
        self.update()

    def _bridge(self, new: Answer) -> Answer:
        last = self._answer
        is_pending = not new.top and not new.failure
        if not is_pending or last is None or last.method.name != new.method.name:
            return new
        return replace(new, prediction=last.prediction, is_stale=bool(last.top))

    @property
    def answer(self) -> Answer | None:
        """What is shown."""
        return self._answer

    def summary(self) -> str:
        """Everything the block shows, as text (tool tip, screen readers)."""
        if self._answer is None:
            return ""
        answer = self._answer
        if answer.is_stale:
            return f"{answer.method}\nComputing…"
        lines = [str(answer.method)]
        if answer.failure:
            lines.append(answer.failure)
        if answer.verdict:
            lines.append(answer.verdict[0].upper() + answer.verdict[1:])
        lines += [f"{numbers.percent(p)}  {name}" for name, p in answer.top]
        if answer.divergence is not None:
            kl = numbers.digits(answer.divergence, 2)
            lines.append(f"KL divergence from unpruned: {kl} nats")
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(_COLUMN, (SHOWN + 1) * self._row + 6)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.summary(), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._answer is None:
            return
        painter = QPainter(self)
        self._paint_title(painter, self._answer)
        if self._answer.top:
            self._paint_classes(painter, self._answer)
        else:
            self._paint_absence(painter, self._answer)
        painter.end()

    def _line(self, row: int) -> QRectF:
        top = row * self._row + (6 if row else 0)
        return QRectF(0, top, self.width(), self._row)

    def _paint_title(self, painter: QPainter, answer: Answer) -> None:
        line = self._line(0)
        chip = QRectF(0, line.center().y() - CHIP / 2, CHIP, CHIP)
        paint_chip(painter, chip, theme.method_color(answer.method.name, answer.nth))
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(color("text"))
        label = answer.method.label
        wanted = painter.fontMetrics().horizontalAdvance(label) + 2
        verdict = answer.verdict
        room = line.width() - CHIP - 7
        width = min(wanted, room * (0.62 if verdict else 1.0))
        paint_text(painter, QRectF(CHIP + 7, line.y(), width, line.height()), label)
        rest = line.adjusted(CHIP + 7 + width + 12, 0, 0, 0)
        self._paint_verdict(painter, rest, answer, verdict)

    def _paint_verdict(
        self, painter: QPainter, box: QRectF, answer: Answer, verdict: str
    ) -> None:
        if not verdict or box.width() < 20:
            return
        ink = {None: "muted", True: "good", False: "warning_text"}[answer.agrees]
        painter.setFont(theme.ui_font(-0.5))
        painter.setPen(color(ink))
        mark = 0.0 if answer.agrees is None else 9.0
        gap = 5.0 if mark else 0.0
        text = painter.fontMetrics().horizontalAdvance(verdict) + 2.0
        width = min(text, box.width() - mark - gap)
        left = box.right() - width
        paint_text(painter, QRectF(left, box.y(), width, box.height()), verdict)
        corner = QPointF(left - gap - mark, box.center().y() - mark / 2)
        shape = QRectF(corner.x(), corner.y(), mark, mark)
        if answer.agrees is True:
            paint_tick(painter, shape, color(ink))
        elif answer.agrees is False:
            paint_triangle(painter, shape, color(ink))

    def _paint_classes(self, painter: QPainter, answer: Answer) -> None:
        fill = theme.method_color(answer.method.name, answer.nth)
        digits = QFontMetrics(theme.ui_font()).horizontalAdvance("100.0\u00a0%") + 4.0
        for row, (name, share) in enumerate(answer.top, start=1):
            line = self._line(row)
            leads = row == 1 and not (self._meaningless or answer.is_stale)
            painter.setFont(theme.ui_font())
            painter.setPen(color("text" if leads else "muted"))
            names = line.width() * 0.5
            paint_text(painter, QRectF(0, line.y(), names, line.height()), name)
            bar = QRectF(
                names + 8,
                line.center().y() - 3,
                max(10.0, line.width() - names - 8 - digits),
                6,
            )
            paint_bar(painter, bar, share, fill)
            painter.setPen(color("text" if leads else "muted"))
            paint_text(
                painter,
                QRectF(line.right() - digits, line.y(), digits, line.height()),
                numbers.percent(share),
                Qt.AlignmentFlag.AlignRight,
            )

    def _paint_absence(self, painter: QPainter, answer: Answer) -> None:
        box = QRectF(self._line(1).topLeft(), self._line(SHOWN).bottomRight())
        painter.setFont(theme.ui_font())
        painter.setPen(color("error_text" if answer.failure else "muted"))
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        flags |= int(Qt.TextFlag.TextWordWrap)
        painter.drawText(box, flags, answer.failure or "Computing…")


class _Columns(QWidget):
    """Equal blocks in as many columns as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: list[AnswerBlock] = []

    def set_count(self, count: int) -> None:
        while len(self.blocks) > count:
            block = self.blocks.pop()
            block.setParent(None)
            block.deleteLater()
        while len(self.blocks) < count:
            block = AnswerBlock(self)
            block.show()
            self.blocks.append(block)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self.blocks:
            self.setMinimumHeight(0)
            return
        across, down = 24, 16
        columns = (self.width() + across) // (_COLUMN + across)
        columns = max(1, min(columns, len(self.blocks)))
        width = (self.width() - across * (columns - 1)) // columns
        height = self.blocks[0].sizeHint().height()
        for i, block in enumerate(self.blocks):
            row, column = divmod(i, columns)
            x, y = column * (width + across), row * (height + down)
            block.setGeometry(x, y, width, height)
        rows = -(-len(self.blocks) // columns)
        self.setMinimumHeight(rows * (height + down) - down)


class PredictionsPanel(Panel):
    """The five most probable classes of every method, and whether they agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice("warning")
        self.empty = Muted(_EMPTY)
        self._columns = _Columns()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inner.setSpacing(MARGIN)
        inner.addWidget(self.notice)
        inner.addWidget(self.empty)
        inner.addWidget(self._columns)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content))

    def set_predictions(
        self,
        rows: Sequence[Row],
        class_names: Sequence[str] | None,
        meaningless: bool,
    ) -> None:
        """Show the answers of `rows`: (method, logits (C,), failure sentence).

        Logits are None while they are being computed. The row of `Unpruned` is what
        the others are compared with. `meaningless`: the weights are random.
        """
        found = answers(rows, class_names)
        self._columns.set_count(len(found))
        for block, answer in zip(self._columns.blocks, found, strict=True):
            block.set_answer(answer, meaningless)
        self.empty.setVisible(not found)
        self.notice.say(_MEANINGLESS if meaningless and found else "")

    def clear(self) -> None:
        """Back to the empty state."""
        self.set_predictions((), None, False)

    @property
    def blocks(self) -> tuple[AnswerBlock, ...]:
        """The blocks, one per row."""
        return tuple(self._columns.blocks)
