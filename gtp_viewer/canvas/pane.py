"""One method's pane: what it did with the photo, under a line that names it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gtp_core.document.view import EntryView, View
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.records.answer_change import change_sentence
from gtp_core.records.edit_facts import edits_sentence
from gtp_core.records.patch_facts import patch_sentence
from gtp_core.records.probabilities import answer_sentence
from gtp_viewer import looks, theme
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.elided import ElidedLabel

POINTING = "Point at a patch, or click to follow it."
_SPACING = 50
"""Pixels between and around the words of the header."""
NARROW = 320
"""A pane of fewer pixels leaves words out."""

OverlayChoice = tuple[Overlay, dict[str, str]]
"""An overlay that is drawn, with the chosen value of each of its options."""


class Pane(QWidget):
    """`show_entry` fills it from a view."""

    activated = Signal()

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PhotoView(viewport, self)
        self.view.activated.connect(self.activated)
        self._entry: EntryView | None = None
        self._is_active = False
        self._worn: tuple[object, ...] | None = None
        self._scene: Scene | None = None
        self._answers = "", ""
        self._following: list[OverlayChoice] = []
        self._build()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self._bar = QWidget(self)
        self._bar.setFixedHeight(3)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel(self)
        self.tokens = QLabel(self)
        self.answer = ElidedLabel(self)
        self.answer.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        header = QHBoxLayout()
        header.setContentsMargins(10, 6, 10, 6)
        header.setSpacing(12)
        header.addWidget(self.title)
        header.addWidget(self.tokens)
        header.addWidget(self.answer, 1)
        self.hint = ElidedLabel(self)
        self.hint.setFixedHeight(24)
        self.hint.setIndent(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.hint)

    # -- what is shown --------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """What is drawn; None while there is nothing to draw."""
        return self._scene

    def show_entry(
        self, entry: EntryView, view: View, chosen: list[OverlayChoice]
    ) -> None:
        """Show what an entry did with the photo of `view`."""
        is_active = entry.entry.id == view.active.entry.id and len(view.panes) > 1
        self._entry, self._is_active = entry, is_active
        self.title.setText(entry.tag.label)
        self.title.setToolTip(str(entry.entry.method))
        prepared = view.prepared
        painted = None if prepared is None else prepared.painted
        self.view.set_photo(painted, view.geometry)
        self._scene = _scene(entry, view)
        self._following = [pair for pair in chosen if pair[0].follows_pointer]
        still = [pair for pair in chosen if not pair[0].follows_pointer]
        self.view.set_marks(_marks(still, self._scene), entry.tag.look)
        self.view.set_faded(entry.outcome is None and entry.earlier is not None)
        self.view.set_selected(view.patch)
        self._show_counts()
        self._show_answer(entry, view)
        self.point_at(None)
        self._restyle()

    def _show_answer(self, entry: EntryView, view: View) -> None:
        outcome, info = entry.outcome, view.info
        if outcome is None or outcome.trace is None or info is None:
            self._answers = "", ""
            self.answer.setText("")
            return
        text = short = answer_sentence(outcome.trace.logits, info.class_names)
        if entry.unmarked is not None and entry.unmarked.trace is not None:
            before, after = entry.unmarked.trace.logits, outcome.trace.logits
            names = info.class_names
            text = change_sentence(before, after, names) or text
            short = change_sentence(before, after, names, is_short=True) or text
        self._answers = text, short
        self._fit_answer()
        why = "The weights are random: this means nothing."
        self.answer.setToolTip(why if info.is_random else text)
        self.answer.setEnabled(not info.is_random)

    def _fit_answer(self) -> None:
        """The whole answer where it has room, otherwise its short form."""
        whole, short = self._answers
        taken = self.title.sizeHint().width() + self.tokens.sizeHint().width()
        room = self.width() - taken - _SPACING
        fits = self.answer.fontMetrics().horizontalAdvance(whole) <= room
        self.answer.setText(whole if fits else short)

    def _show_counts(self) -> None:
        entry = self._entry
        assert entry is not None
        words = {
            "computing": "computing …",
            "waiting": "waiting …",
            "failed": "failed",
            "refused": "cannot run",
            "timed only": "only timed",
        }
        if entry.state in words or self._scene is None or entry.outcome is None:
            self.tokens.setText(words.get(entry.state, ""))
            self.tokens.setToolTip(entry.problem or "")
            return
        outcome = entry.outcome
        text = tokens_left(self._scene, is_short=self.width() < NARROW)
        sentence = clamp_sentence(outcome.method, outcome.requested, outcome.schedule)
        text += " (clamped)" if sentence else ""
        unmet = edits_sentence(self._scene.trace)
        text += " (marks unmet)" if unmet else ""
        self.tokens.setText(text)
        notes = [note for note in (sentence, unmet) if note]
        self.tokens.setToolTip("\n".join(notes) or "Image tokens after the layer")

    def point_at(self, patch: int | None) -> None:
        """Say in words what happened to a patch (None: nothing is pointed at)."""
        self.view.set_hovered(patch)
        self._draw_pointed(patch)
        entry, scene = self._entry, self._scene
        if entry is not None and entry.problem is not None:
            self.hint.setText(entry.problem)
            return
        if scene is None:
            self.hint.setText("")
            return
        if patch is None or patch >= scene.patches:
            patch = scene.selected
        text = POINTING
        if patch is not None and patch < scene.patches:
            text = patch_sentence(scene.trace, scene.layer, patch)
        self.hint.setText(text)

    def _draw_pointed(self, patch: int | None) -> None:
        """What follows the pointer: for a patch, or else for the selected one."""
        if self._entry is None or not self._following:
            return
        scene = self._scene
        if scene is not None and patch is not None and patch < scene.patches:
            scene = replace(scene, selected=patch)
        marks = _marks(self._following, scene)
        self.view.set_pointed(marks, self._entry.tag.look)

    def legend(self, chosen: list[OverlayChoice]) -> list[LegendEntry]:
        """What the marks of this pane mean."""
        if self._scene is None:
            return []
        return [
            entry
            for overlay, values in chosen
            for entry in overlay.legend(self._scene, values)
        ]

    # -- look -----------------------------------------------------------------

    def _restyle(self) -> None:
        colors = theme.colors()
        tag = None if self._entry is None else self._entry.tag
        worn = (colors, tag, self._is_active)
        if worn == self._worn:
            return  # a style sheet costs more than all else of a step
        self._worn = worn
        accent = colors.muted if tag is None else looks.color(tag.look).name()
        ink = colors.text if tag is None else looks.ink(tag.look).name()
        bar = accent if self._is_active else colors.border
        self._bar.setStyleSheet(f"background: {bar};")
        self.title.setStyleSheet(f"color: {ink};")
        self.title.setFont(theme.ui_font(0.5, bold=True))
        for label in (self.tokens, self.hint):
            label.setStyleSheet(f"color: {colors.muted};")
        self.tokens.setFont(theme.digits_font())
        self.hint.setFont(theme.ui_font(-0.8))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._entry is not None:
            self._show_counts()
            self._fit_answer()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.activated.emit()


def _marks(chosen: list[OverlayChoice], scene: Scene | None) -> list[Mark]:
    """What these overlays draw."""
    if scene is None:
        return []
    return [m for overlay, values in chosen for m in overlay.marks(scene, values)]


def tokens_left(scene: Scene, is_short: bool) -> str:
    """How many patches are still tokens after the layer, and how many were added."""
    after = scene.step.after
    stayed = int((after < scene.patches).sum())
    text = f"{stayed} of {scene.patches}" + ("" if is_short else " tokens")
    added = len(after) - stayed
    return text + (f" + {added} added" if added else "")


def _scene(entry: EntryView, view: View) -> Scene | None:
    """What the overlays draw; None while there is no trace to draw."""
    outcome, geometry = entry.seen, view.geometry
    if outcome is None or outcome.trace is None or geometry is None:
        return None
    trace = outcome.trace
    wish = view.attention_wish(entry)
    return Scene(
        geometry=geometry,
        trace=trace,
        look=entry.tag.look,
        layer=min(view.layer, len(trace.layers) - 1),
        selected=view.patch,
        attention=None if wish is None else view.store.attention.get(wish),
        colors=None if view.prepared is None else view.prepared.patch_colors,
        pinned=view.edits.pinned,
        forced=view.edits.forced,
    )
