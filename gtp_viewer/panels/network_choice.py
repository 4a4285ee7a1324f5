"""Which network an entry runs on: that of the others, or one of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QToolButton, QWidget

from gtp_core.catalogue import BACKBONES
from gtp_core.document.names import short_name
from gtp_core.document.subject import ModelSpec

WEIGHTS_FILES = "Weights (*.safetensors *.pth *.pt *.bin *.npz)"
_TIP = (
    "The network that this method runs on. With another one, the pane shows the same "
    "photo, layer and place, and is compared with that network unpruned."
)


class NetworkChoice(QToolButton):
    """Shows the network of an entry; its menu asks for another.

    `chosen` carries the name of a network, or None for that of the others;
    `weights_chosen` carries "auto", "random" or a file.
    """

    chosen = Signal(object)
    weights_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own: ModelSpec | None = None
        self._common = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(_TIP)
        self.setAccessibleName("Network of this method")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def show_network(self, own: ModelSpec | None, common: str) -> None:
        """The entry's own network, if it has one, and the name of the common one."""
        if own == self._own and common == self._common:
            return
        self._own, self._common = own, common
        name = f"as the others ({short_name(common)})" if own is None else own.name
        self.setText(name)
        weights = "" if own is None or own.weights == "auto" else f", {own.weights}"
        self.setToolTip(f"{name}{weights}\n{_TIP}")

    def fill(self) -> None:
        """Make the menu anew; it is long, and seldom looked at."""
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        text = f"As the others ({short_name(self._common)})"
        self._add(menu, group, text, None)
        menu.addSeparator()
        families: dict[str, QMenu] = {}
        for backbone in BACKBONES.values():
            if backbone.family not in families:
                families[backbone.family] = menu.addMenu(backbone.family)
                families[backbone.family].setToolTipsVisible(True)
            action = self._add(
                families[backbone.family], group, backbone.name, backbone.name
            )
            action.setToolTip(backbone.summary)
        menu.addSeparator()
        self._add_weights(menu)

    def _add(
        self, menu: QMenu, group: QActionGroup, text: str, value: str | None
    ) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        group.addAction(action)
        own = None if self._own is None else self._own.name
        action.setChecked(value == own)
        action.triggered.connect(partial(self.chosen.emit, value))
        return action

    def _add_weights(self, menu: QMenu) -> None:
        """For a network of its own; those of the others are in the menu Model."""
        for text, weights in (
            ("Pretrained weights", "auto"),
            ("Random weights", "random"),
        ):
            action = menu.addAction(text)
            action.setEnabled(self._own is not None)
            action.triggered.connect(partial(self.weights_chosen.emit, weights))
        file = menu.addAction("Open a weights file …")
        file.setEnabled(self._own is not None)
        file.triggered.connect(self._ask_for_file)

    def _ask_for_file(self) -> None:
        if self._own is None:
            return
        title = f"Weights of {self._own.name}"
        files = f"{WEIGHTS_FILES};;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, title, "", files)
        if name:
            self.weights_chosen.emit(name)
