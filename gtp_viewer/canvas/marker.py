"""Marks patches on the photo: what the mouse, the menu and the keys ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gtp_core.document import changes
from gtp_core.document.document import DROP, KEEP, Document, MarkKind
from gtp_core.document.marking import clear_marks, kinds_in, mark_patches
from gtp_core.photos.geometry import CropGeometry
from gtp_viewer.desk import Desk

_WORDS: dict[MarkKind | None, str] = {
    KEEP: "keep",
    DROP: "force out",
    None: "clear the marks of",
}
_NOTHING_SELECTED = "Select a patch first: click on it, then mark it."


class Marker(QObject):
    """Turns wishes about patches into changes of the document that can be undone."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def mark(
        self, patches: Sequence[int], kind: MarkKind | None, geometry: CropGeometry
    ) -> None:
        """Mark patches of the grid `geometry`, or (None) take their marks away."""
        document, size = self._desk.document, self._desk.view.size
        if not patches or size is None:
            return
        changed = mark_patches(document, patches, kind, geometry, size)
        if changed is document:
            return
        what = f"patch {patches[0]}" if len(patches) == 1 else f"{len(patches)} patches"
        self._desk.apply(_with_overlay(changed), f"{_WORDS[kind]} {what}")

    def toggle(self, patch: int, kind: MarkKind, geometry: CropGeometry) -> None:
        """Mark a patch, or take the mark away if it is just that already."""
        is_on = self._kinds(patch, geometry) == {kind}
        self.mark([patch], None if is_on else kind, geometry)

    def toggle_selected(self, kind: MarkKind) -> None:
        """The same for the selected patch; says what to do if there is none."""
        view = self._desk.view
        if view.patch is None or view.geometry is None:
            self._desk.said.emit("info", _NOTHING_SELECTED)
            return
        self.toggle(view.patch, kind, view.geometry)

    def clear(self) -> None:
        """Take all marks off the photo that is shown."""
        self._desk.apply(clear_marks(self._desk.document), "clear all marks")

    def add_actions(self, menu: QMenu, patch: int, geometry: CropGeometry) -> None:
        """Put what can be done with a patch at the top of the menu of its pane."""
        kinds, document = self._kinds(patch, geometry), self._desk.document
        rest = menu.actions()[0]
        clear = partial(self.mark, [patch], None, geometry)
        actions = [
            self._mark_action(menu, "&Never remove it", patch, KEEP, geometry),
            self._mark_action(menu, "&Force it out", patch, DROP, geometry),
            _action(menu, "&Clear its mark", clear, bool(kinds)),
            _action(
                menu,
                "Clear &all marks of this photo",
                self.clear,
                bool(document.marks_shown),
            ),
        ]
        menu.insertSection(rest, f"Patch {patch}")
        menu.insertActions(rest, actions)
        menu.insertSeparator(rest)

    def _mark_action(
        self, menu: QMenu, text: str, patch: int, kind: MarkKind, geometry: CropGeometry
    ) -> QAction:
        action = _action(menu, text, partial(self.toggle, patch, kind, geometry))
        action.setCheckable(True)
        action.setChecked(self._kinds(patch, geometry) == {kind})
        return action

    def _kinds(self, patch: int, geometry: CropGeometry) -> set[MarkKind]:
        size = self._desk.view.size
        if size is None:
            return set()
        return kinds_in(self._desk.document, patch, geometry, size)


def _action(
    menu: QMenu, text: str, act: Callable[[], None], is_enabled: bool = True
) -> QAction:
    action = QAction(text, menu)
    action.setEnabled(is_enabled)
    action.triggered.connect(lambda _checked=False: act())
    return action


def _with_overlay(document: Document) -> Document:
    """Whoever marks something wants to see it."""
    shown = replace(document.overlay("marks"), is_visible=True)
    return changes.set_overlay(document, shown)
