"""The line above a pane: verdict and percentage first, then name, tokens, answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gtp_core.drawing.tags import MethodTag
from gtp_core.records import verdict
from gtp_core.records.verdict import NOTHING, Verdict
from gtp_viewer import looks, theme
from gtp_viewer.elided import ElidedLabel

_WIDEST = "100.0 %"
_MARGIN, _SPACING = 10, 8
_LEAST_NAME = 64
"""Pixels of a name that are still worth showing."""
_LEAST_ANSWER = 40
_SIGNS = {verdict.SAME: "good", verdict.CHANGED: "error_text"}
"""Kind of verdict -> colour of its sign; the others are muted."""


class PaneHeader(QWidget):
    """What does not fit gives way: the answer first, then words about the tokens, then
    the end of the name, and at last the tokens.

    Sign and percentage keep their places, so that nothing jumps when they change.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = NOTHING
        self._tag: MethodTag | None = None
        self._tokens: tuple[str, ...] = ()
        self._spare = 0
        self.sign, self.share = QLabel(self), QLabel(self)
        self.title, self.answer = ElidedLabel(self), ElidedLabel(self)
        self.tokens = ElidedLabel(self)
        self.answer.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        for label in (self.title, self.tokens):
            # As wide as its text if it can be, and never wider.
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 6, _MARGIN, 6)
        layout.setSpacing(_SPACING)
        for part in (self.sign, self.share, self.title, self.tokens):
            layout.addWidget(part)
        layout.addWidget(self.answer, 1)
        self.restyle()

    def show_name(self, tag: MethodTag) -> None:
        """The name of the entry, in its colour."""
        if tag == self._tag:
            return
        self._tag = tag
        self.title.setText(tag.label)
        self.title.setToolTip(f"{tag.label}\n{tag.method}")
        self._colour_title()

    def show_verdict(self, found: Verdict, is_random: bool = False) -> None:
        """Sign, percentage and answer; pale if the weights are random."""
        is_on = not is_random
        if found == self._verdict and is_on == self.answer.isEnabled():
            return
        self._verdict = found
        self.sign.setText(found.sign)
        self.share.setText(found.share)
        self.answer.setText(found.answer)
        for label in (self.sign, self.share, self.answer):
            label.setToolTip(found.sentence)
            label.setAccessibleName(found.sentence)
            label.setEnabled(is_on)
        self._colour_sign()

    def show_tokens(self, forms: tuple[str, ...], tip: str, spare: int = 0) -> None:
        """How many tokens are left: the first of `forms` that there is room for.

        The number may grow by `spare` digits; then the form is to be the same.
        """
        self._tokens, self._spare = forms, spare
        self.tokens.setToolTip(tip)
        self._choose_words()

    @property
    def verdict(self) -> Verdict:
        """What is shown."""
        return self._verdict

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        for label in (self.sign, self.share, self.answer):
            label.setFont(theme.digits_font())
        self.title.setFont(theme.ui_font(0.5, bold=True))
        self.tokens.setFont(theme.digits_font())
        self.sign.setFont(theme.ui_font(1.5, bold=True))
        self.setFixedHeight(header_height())
        widest = [QFontMetrics(self.sign.font()).horizontalAdvance(s) for s in "✓✗•"]
        self.sign.setFixedWidth(max(widest) + 2)
        metrics = QFontMetrics(self.share.font())
        self.share.setFixedWidth(metrics.horizontalAdvance(_WIDEST) + 2)
        _ink(self.tokens, QColor(theme.colors().muted))
        self._colour_title()
        self._colour_sign()

    def _colour_title(self) -> None:
        if self._tag is not None:
            _ink(self.title, looks.ink(self._tag.look))

    def _colour_sign(self) -> None:
        name = _SIGNS.get(self._verdict.kind, "muted")
        _ink(self.sign, QColor(getattr(theme.colors(), name)))

    def _choose_words(self) -> None:
        fixed = self.sign.width() + self.share.width() + 3 * _SPACING
        room = self.width() - 2 * _MARGIN - fixed
        name = self.title.sizeHint().width()
        chosen, used = "", 0
        for form in self._tokens:
            is_last = form == self._tokens[-1]
            used = self._width(form)
            if used + (min(name, _LEAST_NAME) if is_last else name) <= room:
                chosen = form
                break
        self.tokens.setText(chosen)
        left = room - name - used - _SPACING
        self.answer.setVisible(bool(chosen) and left >= _LEAST_ANSWER)

    def _width(self, text: str) -> int:
        metrics = self.tokens.fontMetrics()
        return metrics.horizontalAdvance(text + self._spare * "8") + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_words()


def header_height() -> int:
    """The same for all panes, so that their photos have the same place."""
    return QFontMetrics(theme.ui_font(1.5, bold=True)).height() + 12


def _ink(label: QLabel, color: QColor) -> None:
    """A palette costs much less than a style sheet."""
    palette = QPalette(label.palette())
    palette.setColor(QPalette.ColorGroup.Active, label.foregroundRole(), color)
    palette.setColor(QPalette.ColorGroup.Inactive, label.foregroundRole(), color)
    label.setPalette(palette)
