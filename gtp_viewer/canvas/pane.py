"""One entry's pane: what its method did with the photo, under a line that names it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.edit_facts import edits_sentence
from gtp_core.records.outcome import Outcome
from gtp_core.records.patch_facts import patch_readout
from gtp_core.records.verdict import NOTHING, Verdict, verdict, with_change
from gtp_viewer import looks, theme
from gtp_viewer.canvas.films import FilmMaker
from gtp_viewer.canvas.header import PaneHeader
from gtp_viewer.canvas.pictures import Drawing, scene_key
from gtp_viewer.canvas.strip import FilmStrip
from gtp_viewer.canvas.view import NOTHING as NO_MARKS
from gtp_viewer.canvas.view import PhotoPoint, PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.canvas.wipe import WipeCover
from gtp_viewer.elided import ElidedLabel

POINTING = "Point at a patch, or click to follow it."
_STATES = {
    "computing": "computing …",
    "waiting": "waiting …",
    "failed": "failed",
    "refused": "cannot run",
    "timed only": "only timed",
}

OverlayChoice = tuple[Overlay, dict[str, str]]
"""An overlay that is drawn, with the chosen value of each of its options."""


class Pane(QWidget):
    """`show_entry` fills it from a view."""

    activated = Signal()
    menu_wanted = Signal(QPoint)
    """The context menu is asked for at this place of the screen."""

    def __init__(
        self, viewport: Viewport, films: FilmMaker, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view = PhotoView(viewport, self)
        self.strip = FilmStrip(films, self)
        self.view.activated.connect(self.activated)
        self._viewport = viewport
        self._entry: EntryView | None = None
        self._is_active = False
        self._worn: tuple[object, ...] | None = None
        self._judged: tuple[Outcome | None, ...] | None = None
        self._scene: Scene | None = None
        self._following: list[OverlayChoice] = []
        self._still: list[OverlayChoice] = []
        self.wipe: WipeCover | None = None
        self._build()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self._bar = QWidget(self)
        self._bar.setFixedHeight(3)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.header = PaneHeader(self)
        self.title, self.tokens = self.header.title, self.header.tokens
        self.answer = self.header.answer
        self.hint = ElidedLabel(self)
        self.hint.setFixedHeight(24)
        self.hint.setIndent(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self.header)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.hint)
        layout.addWidget(self.strip)

    # -- what is shown --------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """What is drawn; None while there is nothing to draw."""
        return self._scene

    def shows(self, entry: int) -> bool:
        """Whether it shows the entry of this id."""
        return self._entry is not None and self._entry.entry.id == entry

    def show_entry(
        self, entry: EntryView, view: View, chosen: list[OverlayChoice]
    ) -> None:
        """Show what an entry did with the photo of `view`."""
        is_active = entry.entry.id == view.active.entry.id and len(view.panes) > 1
        self._entry, self._is_active = entry, is_active
        self.header.show_name(entry.tag)
        self._scene = scene_of(entry, view)
        self._following = [pair for pair in chosen if pair[0].follows_pointer]
        still = [pair for pair in chosen if not pair[0].follows_pointer]
        self._still = still
        _fill(self.view, entry, view, drawing_of(still, self._scene))
        self._show_verdict(entry)
        self._show_counts(entry, view)
        self.point_at(None)
        self._restyle()

    def show_wipe(
        self, other: EntryView | None, view: View, chosen: list[OverlayChoice]
    ) -> None:
        """Show another entry beyond a line; None: no longer."""
        if other is None or self._entry is None:
            if self.wipe is not None:
                self.wipe.close_cover()
                self.wipe = None
            return
        if self.wipe is None:
            self.wipe = WipeCover(self.view, self._viewport)
            self.wipe.view.activated.connect(self.activated)
            self.wipe.view.point_hovered.connect(self.view.point_hovered)
            self.wipe.view.point_clicked.connect(self.view.point_clicked)
            self.wipe.view.patches_painted.connect(self.view.patches_painted)
        _fill(self.wipe.view, other, view, drawing_of(chosen, scene_of(other, view)))
        self.wipe.set_names(self._entry.tag, other.tag)

    def prepare(self, step: int) -> bool:
        """Paint the layer that is `step` layers on (negative: back), if it is not.

        Returns whether there was something to do.
        """
        scene = self._scene
        layer = None if scene is None else scene.layer + step
        if scene is None or layer is None or not 0 <= layer < len(scene.trace.layers):
            return False
        ahead = replace(scene, layer=layer, attention=None)
        return self.view.prepare(drawing_of(self._still, ahead))

    def _show_verdict(self, entry: EntryView) -> None:
        """Judged once for each outcome, and not in each step of the layer."""
        judged = entry.outcome, entry.truth, entry.unmarked
        if self._judged != judged:
            self._judged = judged
            is_random = entry.info is not None and entry.info.is_random
            self.header.show_verdict(verdict_of(entry), is_random)

    def _show_counts(self, entry: EntryView, view: View) -> None:
        if entry.state in _STATES or self._scene is None or entry.outcome is None:
            word = _STATES.get(entry.state, "") if view.photo is not None else ""
            self.header.show_tokens((word,), entry.problem or "")
            return
        outcome, where = entry.outcome, layer_words(entry, view)
        sentence = clamp_sentence(outcome.method, outcome.requested, outcome.schedule)
        unmet = edits_sentence(outcome.trace) if outcome.trace is not None else None
        clamped = " (clamped)" if sentence else ""
        clamped += " (marks unmet)" if unmet else ""
        forms = [
            where + tokens_left(self._scene, form) + clamped
            for form in (" of {} tokens", " of {}", "/{}")
        ]
        layer, depth = self._scene.layer + 1, len(self._scene.trace.layers)
        long = tokens_left(self._scene, " of {} image tokens")
        tip = f"{long} are left after layer {layer} of {depth}."
        left, most = len(self._scene.step.after), self._scene.patches
        spare = max(len(str(most)) - len(str(left)), 0)
        notes = "\n".join(note for note in (sentence, unmet) if note)
        self.header.show_tokens(tuple(forms), notes or tip, spare)

    def point_at(self, point: PhotoPoint | None) -> None:
        """Say in words what happened at a point (None: nothing is pointed at)."""
        patch = None if point is None else self.view.patch_under(point)
        self.view.set_hovered(patch)
        if self.wipe is not None:
            there = None if point is None else self.wipe.view.patch_under(point)
            self.wipe.view.set_hovered(there)
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
            text = patch_readout(scene.trace, scene.layer, patch)
        self.hint.setText(text)

    def _draw_pointed(self, patch: int | None) -> None:
        """What follows the pointer: for a patch, or else for the selected one."""
        if self._entry is None:
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
        bar = accent if self._is_active else colors.raised
        self._bar.setStyleSheet(f"background: {bar};")
        self.header.restyle()
        self.hint.setStyleSheet(f"color: {colors.muted};")
        self.hint.setFont(theme.ui_font(-0.8))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        taken = self._bar.height() + self.header.sizeHint().height()
        room = self.height() - taken - self.hint.height()
        self.strip.set_room(self.width(), room)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.activated.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.activated.emit()
        self.menu_wanted.emit(event.globalPos())


def _fill(shown: PhotoView, entry: EntryView, view: View, drawing: Drawing) -> None:
    """The photo, the marks and the selection of an entry."""
    prepared = view.prepared
    painted = None if prepared is None else prepared.painted
    shown.set_photo(painted, entry.geometry)
    shown.draw(drawing)
    shown.set_faded(entry.outcome is None and entry.earlier is not None)
    shown.set_selected(entry.patch)


def drawing_of(chosen: list[OverlayChoice], scene: Scene | None) -> Drawing:
    """What these overlays draw of a scene."""
    if scene is None:
        return NO_MARKS
    options = tuple((o.name, tuple(sorted(values.items()))) for o, values in chosen)
    key = (scene_key(scene), options)
    return Drawing(key, lambda: _marks(chosen, scene), scene.look, source=scene)


def _marks(chosen: list[OverlayChoice], scene: Scene | None) -> list[Mark]:
    """What these overlays draw."""
    if scene is None:
        return []
    return [m for overlay, values in chosen for m in overlay.marks(scene, values)]


def verdict_of(entry: EntryView) -> Verdict:
    """What may be said of the answer of an entry."""
    outcome, info, truth = entry.outcome, entry.info, entry.truth
    if outcome is None or outcome.trace is None or info is None:
        return NOTHING
    found = verdict(
        outcome.trace.logits,
        None if truth is None or truth.trace is None else truth.trace.logits,
        info.class_names,
        is_reference=isinstance(entry.entry.method, Unpruned),
        is_random=info.is_random,
    )
    if entry.unmarked is None or entry.unmarked.trace is None:
        return found
    before, after = entry.unmarked.trace.logits, outcome.trace.logits
    return with_change(found, before, after, info.class_names)


def layer_words(entry: EntryView, view: View) -> str:
    """Which layer it is, where networks with more or fewer layers stand beside."""
    depths = {pane.info.depth for pane in view.panes if pane.info is not None}
    if len(depths) < 2 or entry.info is None:
        return ""
    return f"layer {entry.layer + 1} of {entry.info.depth} · "


def tokens_left(scene: Scene, form: str) -> str:
    """How many patches are still tokens after the layer, and how many were added.

    `form` is what follows the number, such as " of {} tokens".
    """
    after = scene.step.after
    stayed = int((after < scene.patches).sum())
    text = str(stayed) + form.format(scene.patches)
    added = len(after) - stayed
    word = " added" if "tokens" in form else ""
    return text + (f" + {added}{word}" if added else "")


def scene_of(entry: EntryView, view: View) -> Scene | None:
    """What the overlays draw; None while there is no trace to draw."""
    outcome, geometry = entry.seen, entry.geometry
    if outcome is None or outcome.trace is None or geometry is None:
        return None
    trace = outcome.trace
    wish = view.attention_wish(entry)
    return Scene(
        geometry=geometry,
        trace=trace,
        look=entry.tag.look,
        layer=min(entry.layer, len(trace.layers) - 1),
        selected=entry.patch,
        attention=None if wish is None else view.store.attention.get(wish),
        colors=None if entry.prepared is None else entry.prepared.patch_colors,
        features=view.features(entry),
        beside=view.seen_traces,
        pinned=entry.edits.pinned,
        forced=entry.edits.forced,
    )
