"""A form with a labelled field for each parameter of a method."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gtp_core.methods import MethodBase
from gtp_viewer import theme
from gtp_viewer.panels.fields import Field, ScheduleField, make_field
from gtp_viewer.panels.schedule_bars import ScheduleBars

_LABEL_WIDTH = 92
_LINES = 2
"""Lines that are kept free under the schedule, so that nothing jumps."""


class MethodForm(QWidget):
    """The fields of one class of methods. `edited` carries (field name, new value)."""

    edited = Signal(str, object)

    def __init__(self, method: MethodBase) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.schedule: ScheduleField | None = None
        self.bars: ScheduleBars | None = None
        self.leaving = ScheduleNote()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        for name, parameter in type(method).parameters().items():
            self._add(name, make_field(parameter))

    def show_method(self, method: MethodBase) -> None:
        """Show the values of `method`, and which of them have no effect."""
        for name, field in self.fields.items():
            field.set_value(getattr(method, name))
            field.set_idle(method.idle_reason(name))

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        for field in self.fields.values():
            field.restyle()

    def _add(self, name: str, field: Field) -> None:
        row = self._grid.rowCount()
        label = QLabel(field.parameter.title)
        label.setWordWrap(True)
        for part in (label, field):
            part.setToolTip(field.parameter.help)
        self.fields[name] = field
        field.edited.connect(lambda value: self.edited.emit(name, value))
        self._grid.addWidget(field, row, 1)
        if isinstance(field, ScheduleField):
            self.schedule = field
            field.rejected.connect(self.leaving.reject)
            self._grid.addWidget(_schedule_labels(label, field), row, 0)
            self.bars = ScheduleBars()
            self.bars.edited.connect(lambda value: self.edited.emit(name, value))
            self._grid.addWidget(self.leaving, row + 1, 0, 1, 2)
            self._grid.addWidget(self.bars, row + 2, 0, 1, 2)
        else:
            is_tall = field.parameter.kind == "choice"
            place = (
                Qt.AlignmentFlag.AlignTop if is_tall else Qt.AlignmentFlag.AlignVCenter
            )
            self._grid.addWidget(label, row, 0, place)


class ScheduleNote(QLabel):
    """The line under a schedule: how many tokens leave, or what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self._note, self._problem = "", ""
        self.setFont(theme.ui_font(-0.5))
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        self.restyle()

    def say(self, note: str) -> None:
        """Say `note` where nothing is wrong."""
        self._note = note
        self.restyle()

    def reject(self, problem: str) -> None:
        """Say what is wrong; "" goes back to the note."""
        self._problem = problem
        self.restyle()

    @property
    def is_problem(self) -> bool:
        """Whether what is said is a problem."""
        return bool(self._problem)

    def restyle(self) -> None:
        """Show what is to be said, in the colours of the theme in use."""
        self.setText(self._problem or self._note)
        colors = theme.colors()
        palette = self.palette()
        ink = colors.error_text if self._problem else colors.muted
        palette.setColor(self.foregroundRole(), ink)
        self.setPalette(palette)


def _schedule_labels(label: QLabel, field: ScheduleField) -> QWidget:
    """The second line of the field is the schedule per layer."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    second = QLabel("per layer")
    second.setToolTip(
        "8: eight in every layer. 4/8/8/12: one number per layer. "
        "8@3-9: eight, only in layers 3 to 9. @file.json: a list in a file."
    )
    field.text.setToolTip(second.toolTip())
    for line, height in ((label, field.box), (second, field.text)):
        line.setMinimumHeight(height.sizeHint().height())
        layout.addWidget(line)
    return column
