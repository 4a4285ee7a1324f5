"""The menu Model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from gtp_core.catalogue import BACKBONES
from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.subject import DEVICES, PRECISIONS, ModelSpec
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk

ORDER = 40
_DEVICE_NAMES = {
    "auto": "Best there is",
    "cpu": "CPU",
    "cuda": "CUDA graphics card",
    "mps": "Apple graphics (MPS)",
}


def add(context: Context) -> None:
    """Weights, device, precision, and the networks that are known by name."""
    add, dialogs = context.commands.add, context.dialogs
    add(Command("weights", "Model", "Open a &weights file …", dialogs.open_weights))
    use = dialogs.use_weights
    add(Command("pretrained", "Model", "&Pretrained weights", partial(use, "auto")))
    add(Command("random", "Model", "&Random weights", partial(use, "random")))
    choices = _Choices(context)
    for device in DEVICES:
        choices.add("Device", "device", device, _DEVICE_NAMES[device])
    for precision in PRECISIONS:
        choices.add("Precision", "precision", precision, precision)
    for backbone in BACKBONES.values():
        choices.add(
            backbone.family, "name", backbone.name, backbone.name, backbone.summary
        )


class _Choices(QObject):
    """Actions that each set one field of the network that is asked for."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.window)
        self._context = context
        self._actions: list[tuple[str, str, QAction]] = []
        self._shown: ModelSpec | None = None
        context.desk.changed.connect(self._show)

    def add(self, menu: str, field: str, value: str, text: str, tip: str = "") -> None:
        """One choice in the sub-menu `menu`."""
        action = self._context.commands.add(
            Command(
                f"{field}-{value}",
                f"Model/{menu}",
                text,
                partial(_choose, self._context.desk, field, value),
                tip=tip,
                checkable=True,
                group=field,
            )
        )
        self._actions.append((field, value, action))
        action.setChecked(getattr(self._context.desk.document.model, field) == value)

    def _show(self) -> None:
        model = self._context.desk.document.model
        if model == self._shown:
            return
        self._shown = model
        for field, value, action in self._actions:
            action.setChecked(getattr(model, field) == value)


def _choose(desk: Desk, field: str, value: str) -> None:
    change, word = _CHANGES[field]
    desk.apply(change(desk.document, value), f"change the {word}")


def _set_network(document: Document, name: str) -> Document:
    model = replace(document.model, name=name, weights="auto")
    return changes.set_model(document, model)


_CHANGES: dict[str, tuple[Callable[[Document, str], Document], str]] = {
    "name": (_set_network, "network"),
    "device": (changes.set_device, "device"),
    "precision": (changes.set_precision, "precision"),
}
