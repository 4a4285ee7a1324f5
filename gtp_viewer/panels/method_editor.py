"""The editor of one method, generated from its parameters."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import MethodBase, parse_method
from gtp_viewer import theme
from gtp_viewer.panels.inputs import LineEdit
from gtp_viewer.panels.method_form import MethodForm
from gtp_viewer.panels.widgets import Muted, Notice


@dataclasses.dataclass(frozen=True)
class Network:
    """What of the loaded network decides which methods fit it."""

    depth: int
    patches: int
    has_class_token: bool


@dataclasses.dataclass(frozen=True)
class Findings:
    """What a run of the method has shown.

    `left` counts the patches that left the network, None before a run. `note` is said
    where fewer tokens left than asked for. `problem` says why the method has no result.
    """

    left: int | None = None
    note: str = ""
    problem: str = ""


class MethodEditor(QWidget):
    """Form, text line and messages for one method.

    `changed` carries each new method of the user's, live. A value that cannot be is
    explained in one sentence under its field, and nothing is emitted.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method: MethodBase | None = None
        self._network: Network | None = None
        self._findings = Findings()
        self._form: MethodForm | None = None
        self.summary = Muted()
        self.problem = Notice("error")
        self.text = LineEdit()
        self.text.setFont(_fixed_font())
        self.text.setAccessibleName("The method as text")
        self.text.setToolTip("The method as text: edit it, or copy it to a command.")
        self.text_problem = Notice("error")
        self.copy_button = QPushButton("Copy")
        self.reset_button = QPushButton("Reset to defaults")
        self._lay_out()
        self.text.textEdited.connect(self._on_text)
        self.text.left.connect(self._give_up_text)
        self.copy_button.clicked.connect(self._copy)
        self.reset_button.clicked.connect(self._reset)

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
        self._say_text_problem("")
        self._show(method)

    def set_network(self, network: Network | None) -> None:
        """Check schedules against `network` from now on; None while there is none."""
        self._network = network
        self._show_bars()
        self._show_leaving()

    def set_findings(self, findings: Findings) -> None:
        """What a run of this very method has shown."""
        self._findings = findings
        self.problem.say(findings.problem)
        self._show_leaving()

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        self.text.restyle()
        if self._form is not None:
            self._form.leaving.restyle()
            self._form.restyle()

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
        layout.addWidget(self.problem)
        layout.addLayout(self._form_place)
        layout.addSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.text_problem)
        layout.addWidget(self.reset_button)
        layout.addStretch(1)

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
        self._show_bars()
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
        if self._method is None or self._form is None:
            return
        changes = {name: value}
        try:
            changed: MethodBase = dataclasses.replace(self._method, **changes)  # type: ignore[type-var]
            self._check(changed)
        except ValueError as error:
            # Boxes and lists hold only what is allowed: it can only be the schedule.
            if self._form.schedule is not None:
                self._form.schedule.reject(str(error))
            return
        self._say_text_problem("")
        self._take(changed)

    def _on_text(self, text: str) -> None:
        try:
            method = parse_method(text)
            self._check(method)
        except ValueError as error:
            self._say_text_problem(str(error))
            return
        self._say_text_problem("")
        self._take(method)

    def _take(self, method: MethodBase) -> None:
        is_new = method != self._method
        if is_new:
            self.set_findings(Findings())
        self._show(method)
        if is_new:
            self.changed.emit(method)

    def _check(self, method: MethodBase) -> None:
        """Raises ValueError if the schedule does not fit the network."""
        method.requested(self._network.depth if self._network else _any_depth(method))

    def _say_text_problem(self, problem: str) -> None:
        self.text.mark(bool(problem))
        self.text_problem.say(problem)

    def _give_up_text(self) -> None:
        """The user has left the text: it shows what runs again."""
        if self.text.is_wrong and self._method is not None:
            self.text.setText(str(self._method))
            self._say_text_problem("")

    def _show_leaving(self) -> None:
        """How many tokens are asked to leave or, after a run, how many really left."""
        if self._form is None or self._method is None or self._network is None:
            return
        patches = self._network.patches
        try:
            asked = sum(self._method.requested(self._network.depth))
        except ValueError as error:  # the network has changed under it
            self._form.leaving.say(str(error))
            return
        text = _leaving(asked, self._findings.left, patches)
        self._form.leaving.say(f"{text} {self._findings.note}".strip())

    def _show_bars(self) -> None:
        """One bar for each layer of the network, as far as the schedule fits it."""
        bars = None if self._form is None else self._form.bars
        if bars is None or self._method is None:
            return
        if self._network is None:
            bars.clear()
            return
        try:
            counts = self._method.requested(self._network.depth)
        except ValueError:  # said below the bars
            counts = (0,) * self._network.depth
        bars.show_counts(counts, self._network.patches)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._method))

    def _reset(self) -> None:
        if self._method is not None:
            self._take(type(self._method)())


def _leaving(asked: int, left: int | None, patches: int) -> str:
    if left is not None:
        return f"{left} of {patches} patches left the network."
    if asked > patches:
        return f"Asks for {asked} tokens to leave; there are only {patches}."
    return f"Asks for {asked} of {patches} tokens to leave."


def _any_depth(method: MethodBase) -> int:
    """A depth that the schedule fits, for checks before a network is known."""
    value = getattr(method, method.schedule_field) if method.schedule_field else 0
    return len(value) if isinstance(value, tuple) else getattr(value, "last", 12)


def _fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(theme.ui_font(-0.5).pointSizeF())
    return font
