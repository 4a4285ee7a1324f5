"""The panes side by side, linked, with one legend below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from gtp_core.document import changes
from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay
from gtp_viewer.canvas.curves import feature_lines
from gtp_viewer.canvas.difference_pane import DifferencePane
from gtp_viewer.canvas.films import FilmMaker
from gtp_viewer.canvas.legend import Legend
from gtp_viewer.canvas.marker import Marker
from gtp_viewer.canvas.menu import difference_menu, entry_menu
from gtp_viewer.canvas.pane import OverlayChoice, Pane
from gtp_viewer.canvas.tiling import Tiles
from gtp_viewer.canvas.view import PhotoPoint, PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.desk import Desk

NO_PHOTO = "Drop photos or folders here,\nor press Ctrl+O to open some."
AHEAD_AFTER, BETWEEN_AHEAD = 250, 10
"""Milliseconds of rest until layers near by are painted, and between two of them."""
LAYERS_AHEAD = 8

MakeMenu = Callable[[Desk, int, QWidget], QMenu]
AnyPane = TypeVar("AnyPane", Pane, DifferencePane)


class Canvas(QWidget):
    """Shows the panes of a view; a click selects a place of the photo."""

    point_hovered = Signal(object)
    """PhotoPoint that the mouse is over in any pane; None for none."""
    pane_added = Signal(object)
    """Pane or DifferencePane"""
    layer_previewed = Signal(object)
    """the layer (from 0) that is shown while the mouse is over it; None: no more"""

    def __init__(
        self, desk: Desk, overlays: tuple[Overlay, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._overlays = overlays
        self._fitted: tuple[object, ...] | None = None
        self._ahead = QTimer(self, singleShot=True)
        self._ahead.timeout.connect(self._paint_ahead)
        self.viewport = Viewport(self)
        self.marker = Marker(desk, self)
        self.films = FilmMaker(self)
        self._preview: int | None = None
        self._layer: int | None = None
        self.panes: list[Pane] = []
        self.difference_panes: list[DifferencePane] = []
        self._ids: list[int] = []
        self._difference_ids: list[int] = []
        self._shown: tuple[object, ...] | None = None
        self.legend = Legend(self)
        self._tiles = Tiles(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tiles, 1)
        layout.addWidget(self.legend)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Photos")

    @property
    def all_panes(self) -> list[Pane | DifferencePane]:
        """Those of entries, then those of differences."""
        return [*self.panes, *self.difference_panes]

    # -- what is shown --------------------------------------------------------

    def refresh(self, view: View) -> None:
        """Show `view`, if anything in it concerns the canvas."""
        layers = tuple(entry.layer for entry in view.panes)
        view = self._previewed(view)
        chosen = self._chosen(view)
        inputs = (*_inputs(view, chosen), layers)
        if inputs == self._shown:
            return
        self._shown = inputs
        self._fit_new_photo(view)
        self._set_panes(view)
        for pane, entry in zip(self.panes, view.panes, strict=True):
            pane.show_entry(entry, view, chosen)
            pane.show_wipe(_wiped(entry, view), view, chosen)
        for other, pair in zip(self.difference_panes, view.differences, strict=True):
            other.show_difference(pair, view)
        for shown in self.all_panes:
            shown.view.set_empty_text(_empty_text(view))
        for pane, entry, layer in zip(self.panes, view.panes, layers, strict=True):
            self._show_strip(pane, entry, view, layer)
        self._show_legend(chosen)
        self._ahead.start(AHEAD_AFTER)

    def redraw(self) -> None:
        """Draw everything anew, whatever was drawn before."""
        self._shown = None
        self.refresh(self._desk.view)

    # -- layers -------------------------------------------------------------------

    def preview(self, layer: int | None) -> None:
        """Show a layer without going there; None: the document's layer again."""
        if layer != self._preview:
            self._preview = layer
            self.refresh(self._desk.view)
            self.layer_previewed.emit(layer)

    def _previewed(self, view: View) -> View:
        """`view` at the layer that is previewed; going to another layer ends that."""
        if view.document.layer != self._layer:
            self._layer, self._preview = view.document.layer, None
        if self._preview is None:
            return view
        return View(replace(view.document, layer=self._preview), view.store)

    def _go_to(self, layer: int) -> None:
        self._desk.apply(changes.set_layer(self._desk.document, layer))

    def _show_strip(self, pane: Pane, entry: EntryView, view: View, layer: int) -> None:
        pane.strip.setVisible(view.document.shows_strips)
        painted = None if view.prepared is None else view.prepared.painted
        grid = next(overlay for overlay in self._overlays if overlay.name == "grid")
        is_faded = entry.outcome is None
        values = view.options(grid)
        lines = feature_lines(view.features(entry))
        depth = None if entry.info is None else entry.info.depth
        shown = (pane.scene, painted, values, depth, is_faded, lines)
        pane.strip.show_scene(*shown)
        pane.strip.show_layers(layer, self._preview)

    def _chosen(self, view: View) -> list[OverlayChoice]:
        """The visible overlays with the values of their options."""
        return [
            (overlay, view.options(overlay))
            for overlay in self._overlays
            if view.document.overlay(overlay.name).is_visible
        ]

    def _fit_new_photo(self, view: View) -> None:
        """Another photo is shown: make what the network sees of it fit.

        Until a network is known, the whole photo is shown. That changes once, when
        one becomes known, and never when a result arrives. What a further network
        sees moves the photo only where nobody has zoomed or moved it.
        """
        photo, crop, prepared = view.document.photo, view.crop, view.prepared
        if prepared is None:
            return
        before = self._fitted
        if before == (photo, crop) or (crop is None and before and before[0] == photo):
            return
        self._fitted = (photo, crop)
        is_new = before is None or before[0] != photo or before[1] is None
        if is_new or self.viewport.is_fitted:
            self.fit_crop()

    def fit_crop(self) -> None:
        """Make what the network sees as large as it goes."""
        crop = self._desk.view.crop
        if crop is not None:
            self.viewport.fit(QRectF(*crop))
        else:
            self.fit_photo()

    def fit_photo(self) -> None:
        """Make the whole photo as large as it goes."""
        prepared = self._desk.view.prepared
        if prepared is not None:
            self.viewport.fit(prepared.painted.rect)

    # -- panes ----------------------------------------------------------------

    def _set_panes(self, view: View) -> None:
        self._ids = [entry.entry.id for entry in view.panes]
        self._difference_ids = [one.difference.id for one in view.differences]
        before = len(self.panes), len(self.difference_panes)
        _shorten(self.panes, len(self._ids))
        _shorten(self.difference_panes, len(self._difference_ids))
        while len(self.panes) < len(self._ids):
            self._add_pane()
        while len(self.difference_panes) < len(self._difference_ids):
            self._add_difference_pane()
        if before != (len(self.panes), len(self.difference_panes)):
            self._tiles.set_panes(self.all_panes)

    def _add_pane(self) -> None:
        pane = Pane(self.viewport, self.films, self._tiles)
        index = len(self.panes)
        pane.activated.connect(lambda: self._activate(self._ids[index]))
        pane.menu_wanted.connect(
            lambda place: self._pop_up(entry_menu, self._ids[index], pane.view, place)
        )
        pane.strip.previewed.connect(self.preview)
        pane.strip.chosen.connect(self._go_to)
        self._listen(pane.view)
        self.panes.append(pane)
        self.pane_added.emit(pane)

    def _add_difference_pane(self) -> None:
        pane = DifferencePane(self.viewport, self._tiles)
        index = len(self.difference_panes)
        pane.menu_wanted.connect(
            lambda place: self._pop_up(
                difference_menu, self._difference_ids[index], pane.view, place
            )
        )
        self._listen(pane.view)
        self.difference_panes.append(pane)
        self.pane_added.emit(pane)

    def _listen(self, view: PhotoView) -> None:
        view.point_hovered.connect(self.point_at)
        view.point_clicked.connect(lambda point: self._select(view, point))
        view.patches_painted.connect(self.marker.mark)

    def _activate(self, id: int) -> None:
        self._desk.apply(changes.set_active(self._desk.document, id))

    def _pop_up(self, make: MakeMenu, id: int, photo: PhotoView, place: QPoint) -> None:
        """The menu of a pane; above it what can be done with the patch at `place`."""
        menu = make(self._desk, id, self)
        patch = photo.patch_at(QPointF(photo.mapFromGlobal(place)))
        if patch is not None and photo.geometry_shown is not None:
            self.marker.add_actions(menu, patch, photo.geometry_shown)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _show_legend(self, chosen: list[OverlayChoice]) -> None:
        entries: dict[LegendEntry, None] = {}
        # Overlay by overlay, so that a scale stands beside its remarks on all panes.
        for choice in chosen:
            found = {pane: pane.legend([choice]) for pane in self.panes}
            for pane, own in found.items():
                for entry in own:
                    is_shared = all(entry in other for other in found.values())
                    named = entry if is_shared else _named(entry, pane.title.text())
                    entries[named] = None
        self.legend.set_entries(tuple(entries))

    def _paint_ahead(self) -> None:
        """While nothing else happens, paint one more picture of a layer near by."""
        for distance in range(1, LAYERS_AHEAD + 1):
            for step in (distance, -distance):
                if any(pane.prepare(step) for pane in self.all_panes):
                    self._ahead.start(BETWEEN_AHEAD)
                    return

    # -- pointing -------------------------------------------------------------

    def point_at(self, point: PhotoPoint | None) -> None:
        """Show in all panes, each in its own grid, where the mouse is."""
        for pane in self.all_panes:
            pane.point_at(point)
        self.point_hovered.emit(point)

    def _select(self, clicked: PhotoView, point: PhotoPoint) -> None:
        """Select a place of the photo; a click into the selected patch selects none."""
        patch, size = clicked.patch_under(point), self._desk.view.size
        share = None
        if patch is not None and patch != clicked.selected and size is not None:
            share = point[0] / size[0], point[1] / size[1]
        self._desk.apply(changes.select_point(self._desk.document, share))


def _named(entry: LegendEntry, title: str) -> LegendEntry:
    """A remark that is about some panes: say which. What marks mean needs no name."""
    if entry.sample != "":
        return entry
    return replace(entry, text=f"{title}: {entry.text}")


def _shorten(shown: list[AnyPane], count: int) -> None:
    """Take panes away from the end until `count` are left."""
    while len(shown) > count:
        pane = shown.pop()
        pane.hide()
        pane.deleteLater()


def _wiped(entry: EntryView, view: View) -> EntryView | None:
    """What is shown over the pane of an entry."""
    wipe = view.document.wipe
    if wipe is None or wipe.on != entry.entry.id:
        return None
    return view.view_of(wipe.other)


def _inputs(view: View, chosen: list[OverlayChoice]) -> tuple[object, ...]:
    panes = tuple(map(_entry_inputs, view.panes))
    pairs = tuple(
        (pair.difference, _entry_inputs(pair.a), _entry_inputs(pair.b))
        for pair in view.differences
    )
    wipe = view.document.wipe
    wiped = () if wipe is None else _entry_inputs(view.view_of(wipe.other))
    wishes = view.attention_wishes()
    attention = tuple(wish in view.store.attention for wish in wishes)
    features = tuple(map(view.features, view.panes)) if view.features_wanted else ()
    options = tuple((o.name, tuple(sorted(v.items()))) for o, v in chosen)
    return (
        view.prepared,
        view.crop,
        view.photo_problem,
        view.document.photo,
        view.active.entry.id,
        view.layer,
        panes,
        pairs,
        (wipe, wiped),
        wishes,
        attention,
        features,
        options,
    )


def _entry_inputs(entry: EntryView) -> tuple[object, ...]:
    return (
        entry.tag,
        entry.state,
        entry.seen,
        entry.truth,
        entry.problem,
        entry.info,
        entry.prepared,
        entry.layer,
        entry.patch,
        entry.edits,
        entry.unmarked,
    )


def _empty_text(view: View) -> str:
    if view.document.photo is None:
        return NO_PHOTO
    return view.photo_problem or "Reading the photo …"
