"""The list of the methods compared: name and line of each, a tick for its pane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gtp_core.document.subject import ModelSpec
from gtp_core.drawing.tags import MethodTag
from gtp_viewer import looks
from gtp_viewer.panels.method_editor import Findings
from gtp_viewer.panels.widgets import color

_LEAST_ROWS, _MOST_ROWS = 3, 6
_TIMED_HELP = "Only timed: it classifies nothing, so it has no pane."
_SHOWN_HELP = "Ticked: the method has a pane of its own."
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True)
class MethodRow:
    """A method of the list. `id` names it in signals, whatever its place.

    `own_network` is the network that it alone runs on; None: that of the others.
    """

    id: int
    tag: MethodTag
    is_shown: bool = True
    findings: Findings = field(default_factory=Findings)
    own_network: ModelSpec | None = None


class MethodList(QListWidget):
    """Shows rows; what the user does comes out as signals with the row's id."""

    chosen = Signal(int)
    ticked = Signal(int, bool)
    removal_wanted = Signal()
    """The Delete key was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[MethodRow, ...] = ()
        self.setItemDelegate(_QuietSelection(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(QSize(looks.SAMPLE_WIDTH, looks.SAMPLE_HEIGHT))
        self.setSpacing(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Methods compared")
        self.currentRowChanged.connect(self._on_chosen)
        self.itemChanged.connect(self._on_ticked)

    @property
    def rows(self) -> tuple[MethodRow, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[MethodRow], chosen: int) -> None:
        """Show `rows`, that with the id `chosen` selected; emits nothing."""
        with QSignalBlocker(self):
            if [row.id for row in rows] != [row.id for row in self._rows]:
                self.clear()
                for _ in rows:
                    self.addItem(QListWidgetItem())
            self._rows = tuple(rows)
            self.restyle()
            ids = [row.id for row in rows]
            self.setCurrentRow(ids.index(chosen) if chosen in ids else -1)
        self._fit()

    def restyle(self) -> None:
        """Fill all rows, in the colours of the theme in use."""
        with QSignalBlocker(self):
            for place, row in enumerate(self._rows):
                _fill(self.item(place), row)

    def _fit(self) -> None:
        """As high as its rows, within limits."""
        height = max(self.sizeHintForRow(0), 16) + 2 * self.spacing()
        shown = min(max(len(self._rows), _LEAST_ROWS), _MOST_ROWS)
        self.setFixedHeight(shown * height + 2)

    def _on_chosen(self, place: int) -> None:
        if place >= 0:
            self.chosen.emit(self._rows[place].id)

    def _on_ticked(self, item: QListWidgetItem) -> None:
        is_on = item.checkState() == Qt.CheckState.Checked
        self.ticked.emit(self._rows[self.row(item)].id, is_on)

    def event(self, event: QEvent) -> bool:
        # The window has a command for this key as well; here it means the method.
        is_key = event.type() == QEvent.Type.ShortcutOverride
        if is_key and isinstance(event, QKeyEvent) and event.key() in _DELETE:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _DELETE:
            self.removal_wanted.emit()
            return
        super().keyPressEvent(event)


def _fill(item: QListWidgetItem, row: MethodRow) -> None:
    method, problem = row.tag.method, row.findings.problem
    item.setText(row.tag.label + (": no result" if problem else ""))
    item.setIcon(looks.sample_icon(row.tag.look))
    item.setForeground(QBrush(color("error_text" if problem else "text")))
    tip = _TIMED_HELP if method.is_timing_only else _SHOWN_HELP
    item.setToolTip("\n".join(part for part in (str(method), problem, tip) if part))
    # An empty box that cannot be ticked keeps the names in line.
    flag = Qt.ItemFlag.ItemIsUserCheckable
    flags = item.flags()
    item.setFlags(flags & ~flag if method.is_timing_only else flags | flag)
    is_on = row.is_shown and not method.is_timing_only
    item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)


class _QuietSelection(QStyledItemDelegate):
    """A grey selected row: the colours in it belong to the methods."""

    def initStyleOption(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().initStyleOption(option, index)
        palette = QPalette(option.palette)
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        palette.setColor(QPalette.ColorRole.Highlight, color("raised"))
        text = ink.color() if isinstance(ink, QBrush) else color("text")
        palette.setColor(QPalette.ColorRole.HighlightedText, text)
        option.palette = palette
