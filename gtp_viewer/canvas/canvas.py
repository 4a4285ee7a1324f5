"""The panes side by side, linked, with one legend below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gtp_core.document import changes
from gtp_core.document.document import MarkKind
from gtp_core.document.view import View
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay
from gtp_viewer.canvas.legend import Legend
from gtp_viewer.canvas.marker import Marker
from gtp_viewer.canvas.pane import OverlayChoice, Pane
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.desk import Desk

NO_PHOTO = "Drop photos or folders here,\nor press Ctrl+O to open some."


class Canvas(QWidget):
    """Shows the panes of a view; a click selects a place of the photo."""

    patch_hovered = Signal(object)

    def __init__(
        self, desk: Desk, overlays: tuple[Overlay, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._overlays = overlays
        self._fitted: tuple[object, ...] | None = None
        self.viewport = Viewport(self)
        self.marker = Marker(desk, self)
        self.panes: list[Pane] = []
        self._ids: list[int] = []
        self._shown: tuple[object, ...] | None = None
        self.legend = Legend(self)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._grid, 1)
        layout.addWidget(self.legend)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # -- what is shown --------------------------------------------------------

    def refresh(self, view: View) -> None:
        """Show `view`, if anything in it concerns the canvas."""
        chosen = self._chosen(view)
        inputs = _inputs(view, chosen)
        if inputs == self._shown:
            return
        self._shown = inputs
        self._fit_new_photo(view)
        self._set_panes(view)
        for pane, entry in zip(self.panes, view.panes, strict=True):
            pane.show_entry(entry, view, chosen)
            pane.view.set_empty_text(_empty_text(view))
        self._show_legend(chosen)

    def redraw(self) -> None:
        """Draw everything anew, whatever was drawn before."""
        self._shown = None
        self.refresh(self._desk.view)

    def _chosen(self, view: View) -> list[OverlayChoice]:
        """The visible overlays with the values of their options."""
        return [
            (overlay, view.options(overlay))
            for overlay in self._overlays
            if view.document.overlay(overlay.name).is_visible
        ]

    def _fit_new_photo(self, view: View) -> None:
        """Another photo is shown: make what the network sees of it fit.

        Until the network is known, the whole photo is shown. That changes once, when
        the network becomes known, and never when a result arrives.
        """
        photo, geometry, prepared = view.document.photo, view.geometry, view.prepared
        if prepared is None:
            return
        crop = None if geometry is None else geometry.crop
        before = self._fitted
        if before == (photo, crop) or (crop is None and before and before[0] == photo):
            return
        self._fitted = (photo, crop)
        self.fit_crop()

    def fit_crop(self) -> None:
        """Make what the network sees as large as it goes."""
        geometry = self._desk.view.geometry
        if geometry is not None:
            self.viewport.fit(QRectF(*geometry.crop))
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
        changed = len(self.panes) != len(self._ids)
        while len(self.panes) > len(self._ids):
            pane = self.panes.pop()
            self._grid.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
        while len(self.panes) < len(self._ids):
            self._add_pane()
        if changed:
            self._arrange()

    def _add_pane(self) -> None:
        pane = Pane(self.viewport, self)
        index = len(self.panes)
        pane.view.patch_hovered.connect(self.point_at)
        pane.view.patch_clicked.connect(self._select)
        pane.view.patches_painted.connect(partial(self._mark, pane.view))
        pane.view.menu_wanted.connect(partial(self._open_menu, pane.view))
        pane.activated.connect(self._activation_of(index))
        self.panes.append(pane)
        pane.show()

    def _arrange(self) -> None:
        """As few rows as make the panes largest: three and two, never four and one."""
        count = len(self.panes)
        columns = best_columns(count, self.size())
        for index, pane in enumerate(self.panes):
            self._grid.addWidget(pane, index // columns, index % columns)
        for column in range(6):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _activation_of(self, index: int) -> Callable[[], None]:
        def activate() -> None:
            self._desk.apply(changes.set_active(self._desk.document, self._ids[index]))

        return activate

    def _show_legend(self, chosen: list[OverlayChoice]) -> None:
        entries: dict[LegendEntry, None] = {}
        for pane in self.panes:
            found = pane.legend(chosen)
            if len(self.panes) > 1:
                found = [_named(entry, pane.title.text()) for entry in found]
            entries.update(dict.fromkeys(found))
        self.legend.set_entries(tuple(entries))

    # -- pointing -------------------------------------------------------------

    def point_at(self, patch: int | None) -> None:
        """Show in all panes which patch the mouse is over."""
        for pane in self.panes:
            pane.point_at(patch)
        self.patch_hovered.emit(patch)

    def _select(self, patch: object) -> None:
        """Select the place of a patch; the same patch again selects none."""
        view = self._desk.view
        point = None
        if isinstance(patch, int) and patch != view.patch:
            point = view.place_of(patch)
        self._desk.apply(changes.select_point(self._desk.document, point))

    def _mark(self, photo: PhotoView, patches: tuple[int, ...], kind: MarkKind) -> None:
        if photo.geometry_shown is not None:
            self.marker.mark(patches, kind, photo.geometry_shown)

    def _open_menu(self, photo: PhotoView, patch: int, at: QPoint) -> None:
        if photo.geometry_shown is not None:
            self.marker.open_menu(patch, photo.geometry_shown, at, photo)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        QTimer.singleShot(0, self, self._arrange)


def _named(entry: LegendEntry, title: str) -> LegendEntry:
    """A ramp has its own limits in each pane, or there is none: say whose it is."""
    if entry.sample not in ("ramp", ""):
        return entry
    return replace(entry, text=f"{title}: {entry.text}")


def best_columns(count: int, size: QSize) -> int:
    """The number of columns that makes `count` square panes largest."""

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min(size.width() / columns, size.height() / rows)

    # Of equal ones the fewest columns, which leave the fewest holes.
    return max(
        range(1, max(count, 1) + 1), key=lambda columns: (side(columns), -columns)
    )


def _inputs(view: View, chosen: list[OverlayChoice]) -> tuple[object, ...]:
    panes = tuple(
        (entry.tag, entry.state, entry.seen, entry.problem, entry.unmarked)
        for entry in view.panes
    )
    wishes = view.attention_wishes()
    attention = tuple(wish in view.store.attention for wish in wishes)
    options = tuple((o.name, tuple(sorted(v.items()))) for o, v in chosen)
    return (
        view.prepared,
        view.geometry,
        view.info,
        view.photo_problem,
        view.document.photo,
        view.active.entry.id,
        view.layer,
        view.patch,
        view.edits,
        panes,
        wishes,
        attention,
        options,
    )


def _empty_text(view: View) -> str:
    if view.document.photo is None:
        return NO_PHOTO
    return view.photo_problem or "Reading the photo …"
