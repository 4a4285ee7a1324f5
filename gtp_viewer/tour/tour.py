"""Leads through the tour: sets what is shown, follows the user, puts all back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer

from gtp_core.document import changes
from gtp_core.document.document import Document, OverlayState
from gtp_core.methods.gtp import GTP
from gtp_viewer.canvas.pane import Pane
from gtp_viewer.context import Context
from gtp_viewer.tour.panel import TourPanel
from gtp_viewer.tour.steps import COUNT, Step, steps
from gtp_viewer.tour.story import Obstacle, Story, find_story, other_gtp

OFFER = "New here? A tour shows in four steps what GTP does with one patch."
OTHER_PATCH = "The patch that you follow stays to the end, so the tour takes another."


@dataclass(frozen=True)
class _Before:
    """What the tour changes, as the user had it."""

    overlays: tuple[OverlayState, ...]
    layer: int | None
    point: tuple[float, float] | None
    is_guided: bool


class Tour(QObject):
    """One tour of one window. It never changes what can be undone."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.window)
        self._context = context
        self._desk = context.desk
        self.panel: TourPanel | None = None
        self._index = 0
        self._before: _Before | None = None
        self._staged: tuple[int, Story] | None = None
        self._chosen: tuple[float, float] | None = None
        self._place_soon = QTimer(self, singleShot=True, interval=0)
        self._place_soon.timeout.connect(self._place)
        self._desk.changed.connect(self._refresh)
        context.canvas.viewport.changed.connect(self._place_soon.start)
        context.canvas.installEventFilter(self)
        context.escape.add(self.end)

    # -- beginning and end --------------------------------------------------------

    def start(self) -> None:
        """Begin, or begin again."""
        self._context.messages.clear("tour")
        if self.panel is None:
            document = self._desk.document
            self._before = _Before(
                document.overlays, document.layer, document.point, document.is_guided
            )
            self.panel = self._make_panel()
        self._index, self._staged = 0, None
        self._refresh()
        self.panel.take_keys()

    def _make_panel(self) -> TourPanel:
        panel = TourPanel(self._context.canvas)
        panel.next_wanted.connect(self.go_on)
        panel.back_wanted.connect(self.go_back)
        panel.end_wanted.connect(self.end)
        panel.show()
        return panel

    def end(self) -> bool:
        """Put everything back; returns whether there was a tour."""
        panel, before = self.panel, self._before
        if panel is None or before is None:
            return False
        self.panel = self._before = self._staged = None
        panel.hide()
        panel.deleteLater()
        self._context.canvas.setFocus()
        self._desk.loop.show(self._put_back(self._desk.document, before))
        self._chosen = None
        return True

    def _put_back(self, document: Document, before: _Before) -> Document:
        document = replace(document, overlays=before.overlays, layer=before.layer)
        if document.point != self._chosen:
            return document  # the user has selected something else since then
        return replace(document, point=before.point, is_guided=before.is_guided)

    # -- steps --------------------------------------------------------------------

    def go_on(self) -> None:
        """The next step; after the last one the tour ends."""
        if self._index + 1 >= COUNT:
            self.end()
            return
        self._index += 1
        self._refresh()

    def go_back(self) -> None:
        """The step before."""
        self._index = max(self._index - 1, 0)
        self._refresh()

    def _refresh(self) -> None:
        if self.panel is None:
            self._offer_once()
            return
        found = find_story(self._desk.view)
        if isinstance(found, Obstacle):
            self._explain(found)
        else:
            self._show(found)
        self._place_soon.start()

    def _show(self, story: Story) -> None:
        assert self.panel is not None
        staged = self._index, story
        step = steps(story)[self._index]
        sentences = step.sentences
        is_new = staged != self._staged
        if is_new and story.patch != self._desk.view.patch and not self._index:
            sentences = (OTHER_PATCH, *sentences)
        if is_new:
            self.panel.say(step.title, sentences, self._index, COUNT)
            self._staged = staged
            self._stage(step, story)

    def _stage(self, step: Step, story: Story) -> None:
        """Make the picture show just what the step says."""
        document = self._desk.document
        hidden = tuple(
            replace(state, is_visible=False)
            for state in document.overlays
            if state.name not in {shown.name for shown in step.overlays}
        )
        document = replace(document, overlays=(*hidden, *step.overlays))
        document = changes.set_layer(document, step.layer)
        point = self._desk.view.place_of(story.patch)
        if self._desk.view.patch != story.patch or document.point is None:
            self._chosen = point
            document = changes.select_point(document, point)
        self._desk.loop.show(document)

    def _explain(self, obstacle: Obstacle) -> None:
        assert self.panel is not None
        self._staged = None
        if not obstacle.needs_gtp:
            self.panel.explain(obstacle.sentence)
            return
        other = other_gtp(self._desk.view)
        if other is None:
            self.panel.explain(obstacle.sentence, "&Add GTP", self._add_gtp)
        else:
            use = partial(self._use, other.id)
            self.panel.explain(obstacle.sentence, f"&Use {other.method.label}", use)

    def _add_gtp(self) -> None:
        self._desk.add_method(GTP())

    def _use(self, id: int) -> None:
        self._desk.apply(changes.set_active(self._desk.document, id))
        show = partial(changes.set_shown, id=id, is_shown=True)
        self._desk.attempt(show, "show the pane of the tour")

    # -- the offer ----------------------------------------------------------------

    def _offer_once(self) -> None:
        """Offer the tour with the first result on this computer, and never again."""
        settings = self._context.settings
        if settings is None or settings.contains("tour_offered"):
            return
        if isinstance(find_story(self._desk.view), Story):
            settings.setValue("tour_offered", True)
            take = ("Take the tour", self.start)
            self._context.messages.show_message("tour", "info", OFFER, (take,))

    # -- place --------------------------------------------------------------------

    def _place(self) -> None:
        if self.panel is None:
            return
        canvas = self._context.canvas
        avoid, photo = [], QRect()
        active = self._desk.document.active_entry.id
        for pane in canvas.all_panes:
            corner = pane.view.mapTo(canvas, QPoint(0, 0))
            if isinstance(pane, Pane) and pane.shows(active):
                photo = QRect(corner, pane.view.size())
            rect = pane.view.selected_rect()
            if rect is not None:
                avoid.append(rect.translated(corner))
        self.panel.lie_within(canvas.rect(), avoid, photo)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_soon.start()
        return False
