"""The methods compared, and the parameters of the selected one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_core.drawing.looks import look
from gtp_core.methods import METHODS, MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import looks, theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels.method_editor import MethodEditor, Network
from gtp_viewer.panels.method_list import MethodList, MethodRow
from gtp_viewer.panels.network_choice import NetworkChoice
from gtp_viewer.panels.widgets import MARGIN, Panel, Scroll

_NO_CLASS_TOKEN = "It needs a class token, and the loaded network has none."
_STAYS = "The unpruned network stays: everything is compared with it."


class MethodsPanel(Panel):
    """The list of methods with their looks, and the editor of the selected one.

    What the user wishes is emitted with the id of the row. Edits of a method show at
    once; everything else shows when `set_rows` says so.
    """

    method_changed = Signal(int, object)
    method_added = Signal(object)
    method_removed = Signal(int)
    selected_changed = Signal(int)
    shown_changed = Signal(int, bool)
    network_chosen = Signal(int, object)
    """The name of a network of its own; None: that of the others."""
    weights_chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edited = -1  # id of the method in the editor
        self._additions: list[tuple[QAction, type[MethodBase]]] = []
        self.list = MethodList()
        self.editor = MethodEditor()
        self.network = NetworkChoice()
        self.add_button = self._make_add_button()
        self.remove_button = QToolButton()
        self.remove_button.setText("Remove")
        self._lay_out()
        self.list.chosen.connect(self.selected_changed)
        self.list.ticked.connect(self.shown_changed)
        self.list.removal_wanted.connect(self._ask_for_removal)
        self.remove_button.clicked.connect(self._ask_for_removal)
        self.editor.changed.connect(
            lambda method: self.method_changed.emit(self._edited, method)
        )
        self.network.chosen.connect(
            lambda name: self.network_chosen.emit(self._edited, name)
        )
        self.network.weights_chosen.connect(
            lambda weights: self.weights_chosen.emit(self._edited, weights)
        )
        self.set_rows((), -1)

    def set_rows(
        self, rows: Sequence[MethodRow], selected: int, common_network: str = ""
    ) -> None:
        """Show the methods compared; `selected` is the id of that in the editor.

        `common_network` is the network of all that have none of their own.
        """
        self.list.set_rows(rows, selected)
        row = next((row for row in rows if row.id == selected), None)
        method = None if row is None else row.tag.method
        if selected != self._edited or method != self.editor.method:
            self._edited = selected
            self.editor.set_method(method)
        if row is not None:
            self.editor.set_findings(row.findings)
            self.network.show_network(row.own_network, common_network)
        self.network.setEnabled(method is not None and not method.is_timing_only)
        is_removable = method is not None and not isinstance(method, Unpruned)
        self.remove_button.setEnabled(is_removable)
        stays = method is not None and not is_removable
        tip = _STAYS if stays else "Compare without this method (Delete)"
        self.remove_button.setToolTip(tip)

    def set_network(self, network: Network | None) -> None:
        """What the loaded network is like; None while there is none.

        Schedules are checked against it, and methods that it cannot run are not
        offered.
        """
        for action, method in self._additions:
            has_token = network is None or network.has_class_token
            is_possible = has_token or not method.needs_class_token
            action.setEnabled(is_possible)
            action.setToolTip(str(method()) if is_possible else _NO_CLASS_TOKEN)
        self.editor.set_network(network)

    def selected(self) -> int:
        """The id of the method in the editor, -1 without any."""
        return self._edited

    def restyle(self) -> None:
        self.list.restyle()
        self.editor.restyle()
        for action, method in self._additions:
            action.setIcon(looks.sample_icon(look(method.family, 0)))
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(300, 460)

    def _make_add_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Add")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for method in METHODS.values():
            action = QAction(f"{method.title}: {method.summary}", menu)
            action.setIcon(looks.sample_icon(look(method.family, 0)))
            action.setToolTip(str(method()))
            self._additions.append((action, method))
            action.triggered.connect(
                lambda _checked=False, chosen=method: self.method_added.emit(chosen())
            )
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(_title(), 1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inner.setSpacing(6)
        inner.addLayout(head)
        inner.addWidget(self.list)
        inner.addSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(8)
        label = QLabel("Network")
        label.setBuddy(self.network)
        label.setToolTip(self.network.toolTip())
        line.addWidget(label)
        line.addWidget(self.network, 1)
        inner.addLayout(line)
        inner.addWidget(self.editor, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content, "Methods"))

    def _ask_for_removal(self) -> None:
        if self.remove_button.isEnabled():
            self.method_removed.emit(self._edited)


def _title() -> ElidedLabel:
    """It gives way to the buttons beside it in a narrow dock."""
    title = ElidedLabel()
    title.setText("Methods compared")
    title.setFont(theme.ui_font(-0.5, bold=True))
    title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return title
