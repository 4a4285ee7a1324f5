"""One editing field per kind of parameter, made from its `Parameter` record."""

from __future__ import annotations

from typing import Any, Union

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import text as method_text
from gtp_core.methods.parameters import Parameter
from gtp_core.methods.schedule import LayerRange, Schedule
from gtp_viewer import theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels.inputs import ComboBox, LineEdit, NumberBox, Slider, SpinBox

_BOX_WIDTH = 70
_UNLIMITED = 9999
_MEANING_LINES = 2
"""Lines that are kept free for what a choice means, so that nothing jumps."""


class Field(QStackedWidget):
    """A value that can be edited, or the reason why editing it would change nothing.

    `edited` carries a new value of the user's; `set_value` never emits it.
    """

    edited = Signal(object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self._quiet = False
        self._page = QWidget()
        self._reason = ElidedLabel()
        self._reason.setFont(theme.ui_font(-0.5))
        self._reason.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.addWidget(self._page)
        self.addWidget(self._reason)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build(self._page)
        for part in (QAbstractSlider, QAbstractSpinBox, QComboBox, QCheckBox):
            for widget in self._page.findChildren(part):
                widget.setAccessibleName(parameter.title)

    def set_value(self, value: Any) -> None:
        """Show `value`."""
        self._quiet = True
        try:
            self._show(value)
        finally:
            self._quiet = False

    def set_idle(self, reason: str | None) -> None:
        """Replace the field by `reason`, or bring it back with None."""
        self._reason.setText(reason or "")
        self.setCurrentIndex(1 if reason else 0)

    @property
    def idle_reason(self) -> str:
        """Why the field cannot be edited now; empty if it can."""
        return self._reason.text()

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""

    def _build(self, page: QWidget) -> None:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _edit(self, value: Any) -> None:
        if not self._quiet:
            self.edited.emit(value)


class FlagField(Field):
    """A check box."""

    def _build(self, page: QWidget) -> None:
        self.box = QCheckBox()
        self.box.toggled.connect(self._on_toggled)
        _row(page, self.box)

    def _on_toggled(self, on: bool) -> None:
        self.box.setText("on" if on else "off")
        self._edit(on)

    def _show(self, value: Any) -> None:
        self.box.setChecked(bool(value))
        self.box.setText("on" if value else "off")


class ChoiceField(Field):
    """A list to choose from, and what the choice means in one sentence."""

    def _build(self, page: QWidget) -> None:
        self.box = ComboBox()
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for row, name in enumerate(self.parameter.choices):
            self.box.addItem(name)
            meaning = self.parameter.meaning(name)
            self.box.setItemData(row, meaning, Qt.ItemDataRole.ToolTipRole)
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setFont(theme.ui_font(-0.5))
        self.meaning.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines = _MEANING_LINES * self.meaning.fontMetrics().lineSpacing()
        self.meaning.setMinimumHeight(lines)
        self.box.currentTextChanged.connect(self._explain)
        self.box.currentTextChanged.connect(self._edit)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.box)
        layout.addWidget(self.meaning)
        if not self.parameter.meanings:
            self.meaning.hide()
        self._explain(self.box.currentText())

    def _explain(self, name: str) -> None:
        self.meaning.setText(self.parameter.meaning(name))
        self.meaning.setToolTip(self.meaning.text())

    def _show(self, value: Any) -> None:
        self.box.setCurrentText(str(value))


class NumberField(Field):
    """A slider over the suggested range and a box for any allowed number.

    For whole numbers as well as for decimal ones.
    """

    def _build(self, page: QWidget) -> None:
        low, high, step = self.parameter.suggested or (0.0, 1.0, 0.05)
        self._low, self._step = low, step
        self.slider = Slider()
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 8))
        self.box = self._make_box()
        self.box.setFixedWidth(_BOX_WIDTH)
        self.slider.valueChanged.connect(self._on_slider)
        self.box.valueChanged.connect(self._on_box)
        _row(page, self.slider, self.box, stretch=True)

    def _make_box(self) -> Union[SpinBox, NumberBox]:
        low, high, step = self._limits()
        if self.parameter.kind == "whole":
            whole = SpinBox()
            whole.setRange(int(low), int(high))
            whole.setSingleStep(int(step))
            return whole
        box = NumberBox()
        box.setRange(low, high)
        box.setSingleStep(step)
        return box

    def _limits(self) -> tuple[float, float, float]:
        """What the box allows, and its step."""
        parameter = self.parameter
        low = -_UNLIMITED if parameter.minimum is None else parameter.minimum
        if parameter.above_minimum:
            low += 0.001
        high = _UNLIMITED if parameter.maximum is None else parameter.maximum
        return low, high, self._step

    def _convert(self, value: float) -> float:
        return int(value) if self.parameter.kind == "whole" else float(value)

    def _on_slider(self, position: int) -> None:
        if self._quiet:
            return
        # Rounded, because 6 * 0.05 is not 0.3.
        value = self._convert(round(self._low + position * self._step, 6))
        self.set_value(value)
        self._edit(value)

    def _on_box(self, value: float) -> None:
        if self._quiet:
            return
        value = self._convert(round(value, 6))
        self.set_value(value)
        self._edit(value)

    def _show(self, value: Any) -> None:
        # A box cuts its value to its decimals: an unchanged one must stay as it is.
        self.box.setValue(value)
        self.slider.setValue(round((float(value) - self._low) / self._step))


class ScheduleField(Field):
    """A slider and a box for one number, and a text for one number per layer.

    A text that is no schedule is marked. Once the user leaves the field, it gives way
    to what runs.
    """

    rejected = Signal(str)
    """The text is no schedule: one sentence. Empty once it is one again."""

    def _build(self, page: QWidget) -> None:
        low, high, _ = self.parameter.suggested or (0.0, 16.0, 1.0)
        self._schedule: Schedule = 0
        self.slider = Slider()
        self.slider.setRange(int(low), int(high))
        self.slider.setPageStep(4)
        self.box = SpinBox()
        self.box.setRange(0, _UNLIMITED)
        self.box.setFixedWidth(_BOX_WIDTH)
        self.text = LineEdit()
        self.text.setPlaceholderText("8, 4/8/8/12 or 8@3-9")
        self.text.setAccessibleName(f"{self.parameter.title}, per layer")
        self.slider.valueChanged.connect(self._on_count)
        self.box.valueChanged.connect(self._on_count)
        self.text.textEdited.connect(self._on_text)
        self.text.left.connect(self.give_up)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        top = QWidget()
        _row(top, self.slider, self.box, stretch=True)
        layout.addWidget(top)
        layout.addWidget(self.text)

    def reject(self, sentence: str) -> None:
        """Mark the text as wrong and say why; take the mark away with ""."""
        self.text.mark(bool(sentence))
        self.rejected.emit(sentence)

    def give_up(self) -> None:
        """Put what runs in the place of a text that is wrong."""
        if self.text.is_wrong:
            self.text.setText(method_text.format_value(self._schedule))
            self.reject("")

    def restyle(self) -> None:
        self.text.restyle()

    def _on_count(self, count: int) -> None:
        if self._quiet:
            return
        value: Schedule = count
        if isinstance(self._schedule, LayerRange):
            # Sliding changes how many leave, not in which layers.
            value = LayerRange(count, self._schedule.first, self._schedule.last)
        self.set_value(value)
        self.reject("")
        self._edit(value)

    def _on_text(self, text: str) -> None:
        try:
            value = method_text.parse_schedule(text.strip())
        except method_text.ScheduleFileError as error:
            self.reject(str(error))
            return
        except ValueError:
            self.reject(
                f"“{text.strip()}” is no schedule; allowed: 8, 4/8/8/12, 8@3-9 "
                "or @file.json."
            )
            return
        self.reject("")
        self._edit(value)

    def _show(self, value: Any) -> None:
        self._schedule = value
        self.box.setValue(_typical(value))
        self.slider.setValue(_typical(value))
        if not self._says(value):
            self.text.setText(method_text.format_value(value))
            self.reject("")

    def _says(self, value: Schedule) -> bool:
        """Whether the text means `value` already: then it is left as typed."""
        try:
            return method_text.parse_schedule(self.text.text().strip()) == value
        except ValueError:
            return False


def _typical(schedule: Schedule) -> int:
    """One count that stands for a schedule: its largest."""
    if isinstance(schedule, LayerRange):
        return schedule.count
    return schedule if isinstance(schedule, int) else max(schedule)


def _row(page: QWidget, *widgets: QWidget, stretch: bool = False) -> None:
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if stretch and index == 0 else 0)
    if not stretch:
        layout.addStretch(1)


_KINDS: dict[str, type[Field]] = {
    "schedule": ScheduleField,
    "whole": NumberField,
    "number": NumberField,
    "choice": ChoiceField,
    "flag": FlagField,
}


def make_field(parameter: Parameter) -> Field:
    """The field for `parameter`, by its kind."""
    return _KINDS[parameter.kind](parameter)
