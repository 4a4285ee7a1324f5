"""The editor of one method, generated from its parameters."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import MethodBase, parse_method
from gtp_viewer import theme
from gtp_viewer.panels.fields import Field, ScheduleField, make_field
from gtp_viewer.panels.widgets import Elided, Muted, Notice

PATIENCE_MS = 700
"""How long half-typed text may be wrong before the window says so."""

_LABEL_WIDTH = 78


@dataclasses.dataclass(frozen=True)
class Network:
    """What of the loaded network decides which methods fit it."""

    depth: int
    patches: int
    has_class_token: bool


class MethodForm(QWidget):
    """A labelled field for each parameter of one class of methods."""

    edited = Signal(str, object)
    rejected = Signal(str)

    def __init__(self, method: MethodBase) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.leaving = Elided()
        self.leaving.setFont(theme.ui_font(-0.5))
        self.leaving.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        for name in type(method).parameters():
            self._add(name, make_field(type(method).parameters()[name]))

    def show_method(self, method: MethodBase) -> None:
        """Show the values of `method`, and which of them have no effect."""
        for name, field in self.fields.items():
            field.set_value(getattr(method, name))
            field.set_idle(method.idle_reason(name))

    def _add(self, name: str, field: Field) -> None:
        row = self._grid.rowCount()
        label = QLabel(field.parameter.label)
        label.setToolTip(field.parameter.help)
        field.setToolTip(field.parameter.help)
        self.fields[name] = field
        field.edited.connect(lambda value: self.edited.emit(name, value))
        self._grid.addWidget(field, row, 1)
        if isinstance(field, ScheduleField):
            field.rejected.connect(self.rejected)
            label.setMinimumHeight(field.box.sizeHint().height())
            self._add_schedule_labels(row, label)
            return
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        label.setWordWrap(True)

    def _add_schedule_labels(self, row: int, label: QLabel) -> None:
        """The second line of the field is the schedule per layer."""
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label)
        second = QLabel("per layer")
        second.setMinimumHeight(label.minimumHeight())
        layout.addWidget(second)
        self._grid.addWidget(column, row, 0)
        self._grid.addWidget(self.leaving, row + 1, 1)


class MethodEditor(QWidget):
    """Form, text line and messages for one method.

    `changed` carries each new method of the user's, live. What cannot be is explained
    in one sentence and not emitted.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method: MethodBase | None = None
        self._network: Network | None = None
        self._outcome = ""
        self._form: MethodForm | None = None
        self.summary = Muted()
        self.text = QLineEdit()
        self.text.setFont(_fixed_font())
        self.text.setToolTip("The method as text: edit it, or copy it to a command.")
        self.copy_button = QPushButton("Copy")
        self.reset_button = QPushButton("Reset to defaults")
        self.message = Notice("error")
        self.note = Notice("warning")
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._problem = ""
        self._lay_out()
        self._connect()

    @property
    def method(self) -> MethodBase | None:
        """The method shown."""
        return self._method

    @property
    def form(self) -> MethodForm | None:
        """The fields of the method shown."""
        return self._form

    def set_method(self, method: MethodBase | None) -> None:
        """Show `method` (None: nothing); says nothing to others."""
        self._set_problem("")
        self._show(method)

    def set_network(self, network: Network) -> None:
        """Check schedules against `network` from now on."""
        self._network = network
        self._show_leaving()

    def set_outcome(self, note: str, failure: str) -> None:
        """What the engine says of this method: a remark, or why it cannot run."""
        self.note.say(note)
        self._outcome = failure
        self._say()

    def _lay_out(self) -> None:
        self._form_place = QVBoxLayout()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.text, 1)
        line.addWidget(self.copy_button)
        self.copy_button.setFixedWidth(58)
        self.reset_button.setSizePolicy(
            QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.summary)
        layout.addLayout(self._form_place)
        layout.addSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.reset_button)
        layout.addWidget(self.note)
        layout.addWidget(self.message)
        layout.addStretch(1)

    def _connect(self) -> None:
        self.text.textEdited.connect(self._on_text)
        self.text.editingFinished.connect(self._say_now)
        self.copy_button.clicked.connect(self._copy)
        self.reset_button.clicked.connect(self._reset)
        self._patience.timeout.connect(self._say)

    def _show(self, method: MethodBase | None) -> None:
        if type(method) is not type(self._method):
            self._replace_form(method)
        self._method = method
        self.setEnabled(method is not None)
        if method is None or self._form is None:
            return
        self._form.show_method(method)
        self.summary.setText(method.summary[0].upper() + method.summary[1:] + ".")
        if not self._says(method):
            self.text.setText(str(method))
            self.text.setCursorPosition(0)
        self.reset_button.setEnabled(method != type(method)())
        self._show_leaving()

    def _replace_form(self, method: MethodBase | None) -> None:
        if self._form is not None:
            self._form_place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        if method is None:
            return
        self._form = MethodForm(method)
        self._form.edited.connect(self._on_field)
        self._form.rejected.connect(self._on_rejected)
        self._form_place.addWidget(self._form)

    def _says(self, method: MethodBase) -> bool:
        """Whether the text means `method` already: then it is left as typed."""
        if not self.text.hasFocus():
            return self.text.text() == str(method)
        try:
            return parse_method(self.text.text()) == method
        except ValueError:
            return False

    def _on_field(self, name: str, value: Any) -> None:
        if self._method is None:
            return
        changes = {name: value}
        try:
            changed: MethodBase = dataclasses.replace(self._method, **changes)  # type: ignore[type-var]
        except ValueError as error:
            self._set_problem(str(error))
            self._say()
            return
        self._take(changed)

    def _on_text(self, text: str) -> None:
        try:
            method = parse_method(text)
        except ValueError as error:
            self._set_problem(str(error))
            return
        self._take(method)

    def _on_rejected(self, sentence: str) -> None:
        self._set_problem(sentence)

    def _take(self, method: MethodBase) -> None:
        """A new method of the user's, if the network can have it."""
        problem = self._misfit(method)
        self._set_problem(problem)
        if problem:
            return
        is_new = method != self._method
        self._show(method)
        if is_new:
            self.changed.emit(method)

    def _misfit(self, method: MethodBase) -> str:
        """Why the schedule does not fit the network, or nothing."""
        try:
            method.requested(
                self._network.depth if self._network else _any_depth(method)
            )
        except ValueError as error:
            return str(error)
        return ""

    def _set_problem(self, problem: str) -> None:
        """Half-typed text is given time; a problem solved is taken back at once."""
        self._problem = problem
        if problem:
            self._patience.start()
            return
        self._patience.stop()
        self._say()

    def _say_now(self) -> None:
        if self._problem:
            self._patience.stop()
            self._say()

    def _say(self) -> None:
        self.message.say(self._problem or self._outcome)

    def _show_leaving(self) -> None:
        """How many tokens are to leave in all."""
        if self._form is None or self._method is None or self._network is None:
            return
        try:
            counts = self._method.requested(self._network.depth)
        except ValueError as error:
            self._form.leaving.setText("")
            self._set_problem(str(error))
            return
        leave = min(sum(counts), self._network.patches - 1)
        self._form.leaving.setText(f"{leave} of {self._network.patches} tokens leave")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._method))

    def _reset(self) -> None:
        if self._method is not None:
            self.text.clearFocus()
            self._take(type(self._method)())


def _any_depth(method: MethodBase) -> int:
    """A depth that the schedule fits, for checks before a network is known."""
    value = getattr(method, method.schedule_field) if method.schedule_field else 0
    return len(value) if isinstance(value, tuple) else getattr(value, "last", 12)


def _fixed_font() -> Any:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(theme.ui_font(-0.5).pointSizeF())
    return font
