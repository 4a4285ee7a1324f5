"""The panes side by side, linked, with one legend below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gtp_core.photos.geometry import CropGeometry
from gtp_viewer.canvas.legend import Legend
from gtp_viewer.canvas.pane import Pane
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.overlays.contract import LegendEntry, Overlay
from gtp_viewer.state import ViewerState

COLUMNS = 4


class Canvas(QWidget):
    """Shows what the state says; `set_painted` brings the photo itself."""

    patch_hovered = Signal(object)

    def __init__(
        self,
        state: ViewerState,
        overlays: Sequence[Overlay],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._overlays = overlays
        self._painted: PaintedPhoto | None = None
        self._geometry: CropGeometry | None = None
        self._empty_text = ""
        self.viewport = Viewport(self)
        self.panes: list[Pane] = []
        self._slots: list[int] = []
        self.legend = Legend(self)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._grid, 1)
        layout.addWidget(self.legend)
        self._connect(state)
        self._show_methods()

    def _connect(self, state: ViewerState) -> None:
        state.methods_changed.connect(self._show_methods)
        state.active_changed.connect(self._name_panes)
        state.outcomes_changed.connect(self._show_outcomes)
        for signal in (
            state.layer_changed,
            state.patch_changed,
            state.overlays_changed,
        ):
            signal.connect(self.show_layer)

    # -- photo ----------------------------------------------------------------

    def set_painted(self, painted: PaintedPhoto | None) -> None:
        """The photo that is shown from now on (None: none)."""
        self._painted = painted
        self._place_photo(fit=True)

    def update_geometry(self) -> None:
        """The model has changed: it sees another part of the photo."""
        self._place_photo(fit=False)

    def _place_photo(self, fit: bool) -> None:
        before = self._geometry
        self._geometry = self._geometry_now()
        if fit or self._geometry != before:
            self.fit_crop()
            for pane in self.panes:
                pane.forget()
        for pane in self.panes:
            pane.set_photo(self._painted, self._geometry)
        self._show_outcomes()

    def _geometry_now(self) -> CropGeometry | None:
        if self._painted is None or self._state.model is None:
            return None
        rect = self._painted.rect
        spec = self._state.model.input_spec
        return CropGeometry.of(int(rect.width()), int(rect.height()), spec)

    def fit_crop(self) -> None:
        """Make what the model sees as large as it goes."""
        if self._geometry is not None:
            self.viewport.fit(QRectF(*self._geometry.crop))
        else:
            self.fit_photo()

    def fit_photo(self) -> None:
        """Make the whole photo as large as it goes."""
        if self._painted is not None:
            self.viewport.fit(self._painted.rect)

    def set_empty_text(self, text: str) -> None:
        """What is said while there is no photo."""
        self._empty_text = text
        for pane in self.panes:
            pane.view.set_empty_text(text)

    # -- panes ----------------------------------------------------------------

    def _show_methods(self) -> None:
        slots = [i for i, slot in enumerate(self._state.slots) if slot.shown]
        self._slots = slots or [self._state.active]
        while len(self.panes) > len(self._slots):
            pane = self.panes.pop()
            self._grid.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
        while len(self.panes) < len(self._slots):
            self._add_pane()
        self._name_panes()
        self._show_outcomes()

    def _add_pane(self) -> None:
        pane = Pane(self.viewport, self)
        index = len(self.panes)
        pane.set_photo(self._painted, self._geometry)
        pane.view.set_empty_text(self._empty_text)
        pane.view.patch_hovered.connect(self.point_at)
        pane.view.patch_clicked.connect(self._toggle_patch)
        pane.activated.connect(self._activation_of(index))
        self._grid.addWidget(pane, index // COLUMNS, index % COLUMNS)
        self.panes.append(pane)
        pane.show()

    def _activation_of(self, index: int) -> Callable[[], None]:
        return lambda: self._state.set_active(self._slots[index])

    def _name_panes(self) -> None:
        for pane, slot in zip(self.panes, self._slots, strict=True):
            state = self._state
            is_active = slot == state.active and len(self.panes) > 1
            pane.set_method(state.methods[slot], state.nth_of_name(slot), is_active)

    def _show_outcomes(self) -> None:
        model = self._state.model
        names = None if model is None else model.class_names
        is_random = model is not None and model.is_random
        if self._painted is not None:
            for pane, slot in zip(self.panes, self._slots, strict=True):
                outcome = self._state.outcome(self._state.methods[slot])
                pane.show_outcome(outcome, names, is_random)
        self.show_layer()

    def show_layer(self) -> None:
        """Draw the layer, the selection and the overlays that the state names."""
        state = self._state
        visible = self.visible_overlays()
        for pane in self.panes:
            pane.show_layer(self._geometry, state.layer, state.patch, visible)
        self._show_legend(visible)

    def visible_overlays(self) -> list[Overlay]:
        shown = self._state.visible_overlays
        return [overlay for overlay in self._overlays if overlay.name in shown]

    def _show_legend(self, visible: Sequence[Overlay]) -> None:
        entries: dict[LegendEntry, None] = {}
        for pane in self.panes:
            found = pane.legend(visible)
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

    def _toggle_patch(self, patch: int | None) -> None:
        chosen = None if patch == self._state.patch else patch
        self._state.select_patch(chosen)


def _named(entry: LegendEntry, title: str) -> LegendEntry:
    """A ramp has its own limits in each pane, or there is none: say whose it is."""
    if entry.glyph not in ("ramp", ""):
        return entry
    text = f"{title}: {entry.text}"
    return LegendEntry(entry.glyph, text, entry.color, entry.low, entry.high)
