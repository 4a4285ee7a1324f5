"""What a dock is: a title, a place, what it shows of a view, what it asks for."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from gtp_core.discovery import classes_in, modules_in
from gtp_core.document.view import View
from gtp_viewer import docks
from gtp_viewer.desk import Desk


class Dock(QObject):
    """Subclass it in a file of the folder `docks`: it is found by itself.

    `modules` are those that take long to import; they are imported on a thread before
    `make` is called. `beside` names a dock that shares its place, as a tab or (with
    `split`) side by side.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    area: ClassVar[Qt.DockWidgetArea]
    order: ClassVar[int]
    """Docks are placed from low to high."""
    size: ClassVar[tuple[int, int]]
    """Width and height at first start, in pixels."""
    beside: ClassVar[str | None] = None
    split: ClassVar[Qt.Orientation | None] = None
    modules: ClassVar[tuple[str, ...]] = ()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.is_made = False
        self._shown: tuple[Any, ...] | None = None

    def make(self) -> QWidget:
        """The widget, with its wishes connected to the desk."""
        raise NotImplementedError

    def inputs(self, view: View) -> tuple[Any, ...]:
        """What of `view` is shown; while it is equal, nothing is drawn anew."""
        raise NotImplementedError

    def show_view(self, view: View) -> None:
        """Show what `inputs` names."""
        raise NotImplementedError

    def draw_now(self) -> None:
        """Draw at once what waits for its turn, such as the plots."""

    def refresh(self, view: View) -> None:
        """Show `view`, if anything in it concerns this dock."""
        inputs = self.inputs(view)
        if inputs != self._shown:
            self._shown = inputs
            self.show_view(view)


def find_docks() -> tuple[type[Dock], ...]:
    """The docks of the folder, in their order."""
    found = [c for module in modules_in(docks) for c in classes_in(module, Dock)]
    return tuple(sorted(found, key=lambda dock: dock.order))
