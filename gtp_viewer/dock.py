"""What a dock is: a title, a place, what it shows of a view, what it asks for."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any, ClassVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

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

    def refresh(self, view: View) -> None:
        """Show `view`, if anything in it concerns this dock."""
        inputs = self.inputs(view)
        if inputs != self._shown:
            self._shown = inputs
            self.show_view(view)


def find_docks() -> tuple[type[Dock], ...]:
    """The docks of the folder, in their order."""
    found: list[type[Dock]] = []
    for info in pkgutil.iter_modules(docks.__path__):
        module = importlib.import_module(f"{docks.__name__}.{info.name}")
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if thing.__module__ == module.__name__ and issubclass(thing, Dock):
                found.append(thing)
    return tuple(sorted(found, key=lambda dock: dock.order))
