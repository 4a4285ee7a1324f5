"""Below the images: which of them are listed, and what came of running them all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_core.records.agreement import Agreement
from gtp_viewer import theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.icons import icon
from gtp_viewer.images_order import Arrangement

SMALLER = -0.8
LINES = 3
"""Lines of text that always have room, so that nothing moves when they change."""

ABOUT = (
    "Wilson's interval: if the open photos stand for all photos, the share of equal "
    "answers lies in it 95 times in 100."
)
_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
UNPRUNED = "Select a method to see which answers it changes."


@dataclass(frozen=True)
class SurveyWords:
    """What is said. `is_complete`: all photos were run under all methods.

    `progress` says how many were; `more` says it at length.
    """

    method: str = ""
    agreement: Agreement = Agreement(0, 0)
    progress: str = ""
    more: str = ""
    is_complete: bool = False
    is_paused: bool = False

    @property
    def summary(self) -> str:
        """How many answers are the same, and how sure that is."""
        if not self.method:
            return UNPRUNED
        if not self.agreement.photos:
            return f"{self.method}: no photo compared yet"
        return f"{self.method}: {self.agreement.counts}, {self.agreement.interval}"


class SurveyBar(QWidget):
    """Shows words; says what is to be listed, and whether to go on running photos."""

    arranged = Signal(object)
    """the Arrangement that was chosen"""
    pause_requested = Signal(bool)
    """True: pause; False: go on"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.arrangement = Arrangement()
        self._words = SurveyWords()
        self.button = QToolButton(self)
        self.button.setObjectName("overlay")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self.button.setToolTip("Which images are listed, and in which order")
        self.button.setMenu(self._menu())
        self.summary = QLabel(self)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        self.summary.setAlignment(_TOP_LEFT)
        self.summary.setToolTip(ABOUT)
        self.progress = ElidedLabel(self)
        self.pause = QToolButton(self)
        self.pause.setAutoRaise(True)
        self.pause.clicked.connect(
            lambda: self.pause_requested.emit(not self._words.is_paused)
        )
        self._arrange_parts()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self._show()

    def _arrange_parts(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(2)
        below.addWidget(self.progress, 1)
        below.addWidget(self.pause)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(3)
        layout.addWidget(self.button)
        layout.addWidget(self.summary)
        layout.addLayout(below)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self.actions_: dict[str, QAction] = {}
        for title, field, choices in (
            ("Show", "only_changed", (("all", False), ("changed only", True))),
            ("Order", "by_drop", (("as added", False), ("largest drop", True))),
        ):
            menu.addSection(title)
            group = QActionGroup(menu)
            for text, value in choices:
                action = QAction(text.capitalize(), menu, checkable=True)
                action.setChecked(not value)
                action.triggered.connect(
                    lambda _on, f=field, v=value: self._choose(f, v)
                )
                group.addAction(action)
                menu.addAction(action)
                self.actions_[text] = action
        return menu

    # -- what is shown ------------------------------------------------------------

    def set_words(self, words: SurveyWords) -> None:
        """Say this from now on."""
        if words != self._words:
            self._words = words
            self._show()

    def _show(self) -> None:
        words = self._words
        self.button.setText(self.arrangement.text)
        self.summary.setText(words.summary)
        self.progress.setText(words.progress)
        self.progress.setToolTip(words.more)
        self.pause.setVisible(not words.is_complete)
        tip = "Run the other photos, too" if words.is_paused else "Pause running photos"
        self.pause.setToolTip(tip)
        self.pause.setAccessibleName(tip)
        self.pause.setIcon(icon("play" if words.is_paused else "pause"))

    def _choose(self, field: str, value: bool) -> None:
        self.arrangement = replace(self.arrangement, **{field: value})
        self._show()
        self.arranged.emit(self.arrangement)

    def _restyle(self) -> None:
        for label in (self.summary, self.progress):
            label.setFont(theme.ui_font(SMALLER))
        self.progress.setStyleSheet(f"color: {theme.colors().muted};")
        line = self.summary.fontMetrics().height()
        self.summary.setMinimumHeight(LINES * line)
        self.progress.setFixedHeight(max(line, self.pause.sizeHint().height()))
        self.pause.setIcon(icon("play" if self._words.is_paused else "pause"))
