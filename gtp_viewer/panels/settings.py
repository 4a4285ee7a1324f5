"""The methods compared, and the parameters of the selected one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import METHODS, MethodBase
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer.panels.method_editor import MethodEditor, Network
from gtp_viewer.panels.widgets import (
    CHIP,
    MARGIN,
    Heading,
    Panel,
    Scroll,
    chip_icon,
    color,
    occurrences,
)

_LEAST_ROWS, _MOST_ROWS = 3, 6
_Outcome = tuple[str, str]
_TIMED_HELP = "Only timed: it classifies nothing, so it has no pane"
_NO_CLASS_TOKEN = "It needs a class token, and the loaded network has none"
_SHOWN_HELP = "Ticked: the method has a pane of its own"


class _QuietSelection(QStyledItemDelegate):
    """A grey selected row: the colours in it belong to the methods."""

    def initStyleOption(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().initStyleOption(option, index)
        palette = QPalette(option.palette)
        palette.setColor(QPalette.ColorRole.Highlight, color("raised"))
        palette.setColor(QPalette.ColorRole.HighlightedText, color("text"))
        option.palette = palette


class MethodSettings(Panel):
    """The list of methods with their colours, and the editor of the selected one.

    Edits show at once and are emitted live; adding and removing are only asked for,
    and show when `set_methods` says so.
    """

    method_changed = Signal(int, object)
    method_added = Signal(object)
    method_removed = Signal(int)
    selected_changed = Signal(int)
    shown_changed = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._methods: list[MethodBase] = []
        self._outcomes: dict[int, _Outcome] = {}
        self._edited = -1  # the row that the editor shows
        self._additions: list[tuple[QAction, type[MethodBase]]] = []
        self.list = QListWidget()
        self.editor = MethodEditor()
        self.add_button = self._make_add_button()
        self.remove_button = QToolButton()
        self.remove_button.setText("Remove")
        self._prepare_list()
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_selected)
        self.list.itemChanged.connect(self._on_ticked)
        self.remove_button.clicked.connect(
            lambda: self.method_removed.emit(self.selected())
        )
        self.editor.changed.connect(self._on_edited)
        self.set_methods(())

    def set_methods(
        self, methods: Sequence[MethodBase], shown: Sequence[bool] | None = None
    ) -> None:
        """Show the methods compared, and which of them have a pane (all by default).

        The selected row stays where it can.
        """
        ticks = [True] * len(methods) if shown is None else list(shown)
        if len(methods) == len(self._methods):
            # In place: an answer to the user's own edit must not disturb the next.
            for index, method in enumerate(methods):
                self.set_method(index, method)
                self.set_shown(index, ticks[index])
            return
        self._rebuild(methods, ticks)

    def set_method(self, index: int, method: MethodBase) -> None:
        """Show `method` in place of another; nothing happens if it is the same."""
        if self._methods[index] == method:
            return
        if self._methods[index].is_timing_only != method.is_timing_only:
            self._allow_tick(self.list.item(index), not method.is_timing_only)
        self._methods[index] = method
        self._outcomes.pop(index, None)
        self._label_items()
        if index == self.selected():
            self._show_selected()

    def set_selected(self, index: int) -> None:
        """Show method `index` in the editor."""
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(index)
        self._show_selected()

    def set_shown(self, index: int, shown: bool) -> None:
        """Tick or untick the pane of method `index`."""
        with QSignalBlocker(self.list):
            self._tick(self.list.item(index), shown)

    def set_network(self, depth: int, patches: int, has_class_token: bool) -> None:
        """What the loaded network is like: schedules are checked against it, and
        methods that it cannot run are not offered."""
        for action, method in self._additions:
            possible = has_class_token or not method.needs_class_token
            action.setEnabled(possible)
            reason = "" if possible else _NO_CLASS_TOKEN
            action.setToolTip(reason or str(method()))
        self.editor.set_network(Network(depth, patches, has_class_token))

    def set_outcome(
        self,
        index: int,
        requested: tuple[int, ...],
        schedule: tuple[int, ...],
        failure: str | None,
    ) -> None:
        """What the engine made of method `index`: the tokens asked for and really
        removed in each layer, or why it cannot run."""
        note = clamp_sentence(self._methods[index], requested, schedule)
        self._outcomes[index] = (note or "", failure or "")
        if index == self.selected():
            self.editor.set_outcome(*self._outcomes[index])

    def methods(self) -> tuple[MethodBase, ...]:
        """The methods as shown, with the user's edits."""
        return tuple(self._methods)

    def selected(self) -> int:
        """The method in the editor, -1 without any."""
        return self.list.currentRow()

    def restyle(self) -> None:
        self._label_items()
        for action, method in self._additions:
            action.setIcon(chip_icon(method.name, 0))
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(300, 460)

    def _prepare_list(self) -> None:
        self.list.setItemDelegate(_QuietSelection(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setIconSize(QSize(CHIP, CHIP))
        self.list.setSpacing(1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Methods compared")

    def _make_add_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Add")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for name, method in METHODS.items():
            action = QAction(f"{method.title}: {method.summary}", menu)
            action.setIcon(chip_icon(name, 0))
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
        head.addWidget(Heading("Methods compared"), 1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inner.setSpacing(6)
        inner.addLayout(head)
        inner.addWidget(self.list)
        inner.addSpacing(6)
        inner.addWidget(self.editor, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content))

    def _rebuild(self, methods: Sequence[MethodBase], ticks: Sequence[bool]) -> None:
        wanted = max(self.selected(), 0)
        self._methods = list(methods)
        self._edited = -1
        self._outcomes.clear()
        with QSignalBlocker(self.list):
            self.list.clear()
            for tick in ticks:
                self._add_item(tick)
            self.list.setCurrentRow(min(wanted, len(methods) - 1))
        self._label_items()
        self._fit_list()
        self._show_selected()

    def _add_item(self, ticked: bool) -> None:
        item = QListWidgetItem()
        self.list.addItem(item)
        self._tick(item, ticked)

    def _tick(self, item: QListWidgetItem, ticked: bool) -> None:
        if self._methods[self.list.row(item)].is_timing_only:
            self._allow_tick(item, False)
            return
        state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        item.setCheckState(state)

    def _allow_tick(self, item: QListWidgetItem, allowed: bool) -> None:
        """An empty box that cannot be ticked keeps the names in line."""
        flag = Qt.ItemFlag.ItemIsUserCheckable
        with QSignalBlocker(self.list):
            item.setFlags(item.flags() | flag if allowed else item.flags() & ~flag)
            if not allowed:
                item.setCheckState(Qt.CheckState.Unchecked)

    def _label_items(self) -> None:
        labels = [method.label for method in self._methods]
        with QSignalBlocker(self.list):
            for index, nth in enumerate(occurrences(self._methods)):
                method = self._methods[index]
                item = self.list.item(index)
                # Two methods that share a label are told apart by their full text.
                ambiguous = labels.count(method.label) > 1
                item.setText(str(method) if ambiguous else method.label)
                item.setIcon(chip_icon(method.name, nth))
                tip = _TIMED_HELP if method.is_timing_only else _SHOWN_HELP
                item.setToolTip(f"{method}\n{tip}")

    def _fit_list(self) -> None:
        """As high as its rows, within limits."""
        row = max(self.list.sizeHintForRow(0), 22) + 2
        rows = min(max(len(self._methods), _LEAST_ROWS), _MOST_ROWS)
        self.list.setFixedHeight(rows * row + 2)

    def _show_selected(self) -> None:
        index = self.selected()
        method = self._methods[index] if 0 <= index < len(self._methods) else None
        if index != self._edited or method != self.editor.method:
            self._edited = index
            self.editor.set_method(method)
        self.editor.set_outcome(*self._outcomes.get(index, ("", "")))
        removable = method is not None and not isinstance(method, Unpruned)
        self.remove_button.setEnabled(removable)
        self.remove_button.setToolTip(
            ""
            if removable or method is None
            else "The unpruned network stays: everything is compared with it."
        )

    def _on_selected(self, index: int) -> None:
        self._show_selected()
        self.selected_changed.emit(index)

    def _on_ticked(self, item: QListWidgetItem) -> None:
        ticked = item.checkState() == Qt.CheckState.Checked
        self.shown_changed.emit(self.list.row(item), ticked)

    def _on_edited(self, method: MethodBase) -> None:
        index = self.selected()
        self._methods[index] = method
        self._outcomes.pop(index, None)
        self.editor.set_outcome("", "")
        self._label_items()
        self.method_changed.emit(index, method)
