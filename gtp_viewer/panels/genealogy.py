"""Where the content of the selected patch goes through all layers, or comes from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_core.drawing.tags import MethodTag
from gtp_core.records.genealogy import ancestry, genealogy
from gtp_core.records.patch_facts import PatchFacts, patch_facts
from gtp_core.records.trace import Trace
from gtp_viewer import theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels.fact_grid import TagLabel
from gtp_viewer.panels.genealogy_view import GenealogyView
from gtp_viewer.panels.widgets import DIMMED, MARGIN, Muted, Panel

NO_PATCH = "Click a patch in the photo to see where its content goes."
GOES, COMES = "Where it goes", "Made of"
_SCALES = {
    GOES: "Heights: shares of the patch's content after each layer.",
    COMES: "Heights: shares of the token after the layer that is shown.",
}


class GenealogyPanel(Panel):
    """The track of one patch under the active method."""

    layer_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag: MethodTag | None = None
        self._trace: Trace | None = None
        self._layer = 0
        self._patch: int | None = None
        self._is_forward = True
        self._note = ""
        self.method = TagLabel()
        self.title = ElidedLabel()
        self.title.setFont(theme.ui_font(0.5, bold=True))
        self.note = QLabel()
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.track = GenealogyView()
        self.words = ElidedLabel()
        self.words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.empty = Muted(NO_PATCH)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = {name: self._button(name) for name in (GOES, COMES)}
        self._lay_out()
        self.track.layer_clicked.connect(self.layer_clicked)
        self.track.pointed.connect(self._say)
        self.clear(NO_PATCH)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("choice")
        button.setText(name)
        button.setCheckable(True)
        button.setChecked(name == GOES)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(_SCALES[name])
        button.clicked.connect(lambda: self._turn(name == GOES))
        return button

    def _lay_out(self) -> None:
        self._group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 2)
        head.addWidget(self.method, 1)
        head.addWidget(self.note)
        for button in self.buttons.values():
            self._group.addButton(button)
            head.addWidget(button)
        self._fade = QGraphicsOpacityEffect(self.track)
        self._fade.setOpacity(DIMMED)
        self._fade.setEnabled(False)
        self.track.setGraphicsEffect(self._fade)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 6, MARGIN, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.words)

    # -- what is shown ------------------------------------------------------------

    def show_patch(
        self, tag: MethodTag, trace: Trace, layer: int, patch: int, note: str = ""
    ) -> None:
        """Show `patch` under a method, `layer` (from 0) framed.

        With a `note`, such as "computing …", the trace is out of date and dimmed.
        """
        self._tag, self._trace, self._patch = tag, trace, patch
        self._layer = min(max(layer, 0), len(trace.layers) - 1)
        self.note.setText(note)
        self._fade.setEnabled(bool(note))
        self._refresh()

    def clear(self, why: str) -> None:
        """Show nothing, and say why or what to do."""
        self._tag = self._trace = self._patch = None
        self.title.setText("")
        self.note.setText("")
        self._show_empty(why)
        self.method.setVisible(False)

    def restyle(self) -> None:
        self.track.restyle()
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(560, 230)

    def _turn(self, is_forward: bool) -> None:
        self._is_forward = is_forward
        self._refresh()

    def _refresh(self) -> None:
        tag, trace, patch = self._tag, self._trace, self._patch
        if tag is None or trace is None or patch is None:
            return
        facts = patch_facts(trace, self._layer, patch)
        self.method.setVisible(True)
        self.method.show_tag(tag)
        self.title.setText(f"Patch {patch} · {facts.place_words}")
        if not self._is_forward and not facts.stays:
            self._show_empty(
                f"Patch {patch} is no token any more after layer {self._layer + 1}. "
                "Choose a patch that is kept, or an earlier layer."
            )
            return
        self._show_track(tag, trace, facts)

    def _show_track(self, tag: MethodTag, trace: Trace, facts: PatchFacts) -> None:
        if self._is_forward:
            found = genealogy(trace, facts.patch)
            words = f"After layer {self._layer + 1}: {facts.where_named}."
            self._note = f"{words} {facts.by_construction}".strip()
        else:
            found = ancestry(trace, self._layer, facts.patch)
            count = len(facts.made_of)
            self._note = f"After layer {self._layer + 1} it is made of {count} patches."
        self.empty.setVisible(False)
        self.track.setVisible(True)
        self.track.show_genealogy(found, trace.grid, tag.look)
        self.track.set_column(self._layer + 1)
        self.track.setAccessibleDescription(self._note)
        self._say("")

    def _show_empty(self, why: str) -> None:
        self.empty.setText(why)
        self.empty.setVisible(True)
        self.track.setVisible(False)
        self.words.setText("")

    def _say(self, words: str) -> None:
        scale = _SCALES[GOES if self._is_forward else COMES]
        self.words.setText(words or f"{self._note} {scale}")
