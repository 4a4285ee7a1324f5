"""The methods: what is dragged, typed and ticked comes out as methods, live."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QStyleOptionViewItem,
    QWidget,
)

from gtp_core.drawing.looks import look
from gtp_core.methods import METHODS, MethodBase
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.schedule import LayerRange
from gtp_core.methods.tome import ToMe
from gtp_core.methods.topk import TopK
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.panels.fields import ChoiceField, FlagField, NumberField, ScheduleField
from gtp_viewer.panels.method_editor import Findings, Network
from gtp_viewer.panels.method_list import MethodRow
from gtp_viewer.panels.methods import MethodsPanel
from tests.gtp_viewer.panels.conftest import colors_of
from tests.gtp_viewer.panels.records import tags

LEFT = Qt.MouseButton.LeftButton
NETWORK = Network(12, 196, has_class_token=True)
SIGNALS = (
    "method_changed",
    "method_added",
    "method_removed",
    "selected_changed",
    "shown_changed",
)


class Holder(QMainWindow):
    """A window that says where the keys go."""

    given = 0

    def give_focus(self) -> None:
        self.given += 1
        self.setFocus()


class Stage:
    """A panel, what it has emitted, and rows as a window would set them.

    Ids are 10, 11, 12 …, so that nobody takes them for places.
    """

    def __init__(self) -> None:
        self.window = Holder()
        self.panel = panel = MethodsPanel()
        self.window.setCentralWidget(panel)
        self.events: list[tuple[Any, ...]] = []
        self.selected = 11
        for name in SIGNALS:
            signal = getattr(panel, name)
            signal.connect(lambda *args, name=name: self.events.append((name, *args)))

    def show(self, *methods: MethodBase, **findings: Findings) -> None:
        """Rows for `methods`; `row_1=Findings(…)` is what the second has shown."""
        self.methods = list(methods)
        self._findings = findings
        self.refresh()

    def refresh(self) -> None:
        rows = [
            MethodRow(10 + n, tag, findings=self._findings.get(f"row_{n}", Findings()))
            for n, tag in enumerate(tags(*self.methods))
        ]
        self.panel.set_rows(rows, self.selected)

    def select(self, id: int) -> None:
        self.selected = id
        self.refresh()

    def echo(self, id: int, method: MethodBase) -> None:
        """What a window does with an edit."""
        self.methods[id - 10] = method
        self.refresh()

    def changed(self) -> list[MethodBase]:
        return [event[2] for event in self.events if event[0] == "method_changed"]

    def field(self, name: str) -> Any:
        assert self.panel.editor.form is not None
        return self.panel.editor.form.fields[name]

    def label(self, row: int) -> str:
        return self.panel.list.item(row).text()

    @property
    def note(self) -> Any:
        """The line under the schedule."""
        assert self.panel.editor.form is not None
        return self.panel.editor.form.leaving


@pytest.fixture
def stage(show: Callable[..., Any]) -> Stage:
    """Four methods, the second of them in the editor."""
    made = Stage()
    show(made.window, 300, 680)
    made.panel.set_network(NETWORK)
    made.show(Unpruned(), GTP(), ToMe(), Floor())
    return made


def handle(slider: QSlider) -> QPoint:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    box = slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider,
        option,
        QStyle.SubControl.SC_SliderHandle,
        slider,
    )
    return box.center()


def drag(slider: QSlider, by: int) -> None:
    start = handle(slider)
    QTest.mousePress(slider, LEFT, pos=start)
    for part in range(1, 6):
        QTest.mouseMove(slider, start + QPoint(by * part // 5, 0))
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(by, 0))


def type_into(line: Any, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_the_list_shows_every_method(stage: Stage) -> None:
    assert [stage.label(row) for row in range(4)] == [
        "Unpruned",
        "GTP P=8",
        "ToMe r=8",
        "Floor K=8",
    ]
    assert stage.panel.selected() == 11


def test_two_methods_of_one_kind_are_told_apart(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(alpha=0.01), GTP(alpha=1.0))
    assert [stage.label(row) for row in (1, 2)] == ["GTP α=0.01", "GTP α=1"]
    shown = colors_of(stage.panel.list)
    assert {look("gtp", 0).color, look("gtp", 1).color} <= shown


def test_six_methods_are_seen_without_scrolling(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(), GTP(alpha=1.0), ToMe(), TopK(), Floor())
    assert stage.panel.list.verticalScrollBar().maximum() == 0


def test_setters_say_nothing(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(4, graph="spatial"), TopK(), row_1=Findings(3))
    stage.select(12)
    stage.panel.set_network(Network(24, 576, True))
    stage.panel.set_network(None)
    assert stage.events == []


# -- values -----------------------------------------------------------------------


def test_dragging_p_is_emitted_live(stage: Stage) -> None:
    stage.panel.method_changed.connect(stage.echo)
    drag(stage.field("propagated").slider, 40)
    counts = [method.propagated for method in stage.changed()]
    assert len(counts) >= 2
    assert counts == sorted(counts)
    assert len(counts) == len(set(counts))
    assert stage.label(1) == f"GTP P={counts[-1]}"
    assert stage.panel.editor.text.text() == f"gtp:P={counts[-1]}"


def test_alpha_moves_in_its_steps(stage: Stage) -> None:
    slider = stage.field("alpha").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert stage.events == [("method_changed", 11, GTP(alpha=0.15))]
    assert stage.field("alpha").box.text() == "0.15"


def test_the_box_takes_what_the_slider_does_not_reach(stage: Stage) -> None:
    box = stage.field("alpha").box
    type_into(box, "2.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert stage.changed()[-1] == GTP(alpha=2.5)


def test_a_value_finer_than_the_box_survives_other_edits(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(alpha=0.1234567))
    drag(stage.field("propagated").slider, 20)
    assert {method.alpha for method in stage.changed()} == {0.1234567}


def test_choosing_from_a_list(stage: Stage) -> None:
    box = stage.field("graph").box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert stage.changed() == [GTP(graph="spatial")]


def test_a_flag_is_clicked(stage: Stage) -> None:
    box = stage.field("token_scale").box
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert stage.changed() == [GTP(token_scale=False)]


def test_a_parameter_without_effect_says_why(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(graph="spatial"))
    reason = GTP(graph="spatial").idle_reason("neighbours")
    assert reason
    assert stage.field("neighbours").idle_reason == reason
    assert not stage.field("neighbours").slider.isVisible()
    stage.show(Unpruned(), GTP())
    assert stage.field("neighbours").slider.isVisible()


@pytest.mark.parametrize("name", list(METHODS))
def test_every_method_has_a_form_for_all_of_its_parameters(
    stage: Stage, name: str
) -> None:
    method = METHODS[name]()
    stage.show(Unpruned(), method)
    kinds = {"schedule": ScheduleField, "choice": ChoiceField, "flag": FlagField}
    for key, parameter in method.parameters().items():
        wanted = kinds.get(parameter.kind, NumberField)
        assert isinstance(stage.field(key), wanted)
        assert stage.field(key).toolTip() == parameter.help
    assert stage.panel.editor.method == dataclasses.replace(method)
    assert stage.events == []


# -- schedules --------------------------------------------------------------------


def test_a_range_of_layers_can_be_typed(stage: Stage) -> None:
    type_into(stage.field("propagated").text, "6@3-9")
    assert stage.changed()[-1] == GTP(propagated=LayerRange(6, 3, 9))
    assert not stage.note.is_problem


def test_sliding_keeps_the_range_of_layers(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(propagated=LayerRange(6, 3, 9)))
    slider = stage.field("propagated").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert stage.changed() == [GTP(propagated=LayerRange(7, 3, 9))]


def test_text_that_is_no_schedule_is_explained_right_under_it(stage: Stage) -> None:
    line = stage.field("propagated").text
    type_into(line, "abc")
    assert line.is_wrong
    assert stage.note.is_problem
    assert "“abc” is no schedule; allowed: 8, 4/8/8/12" in stage.note.text()
    gap = stage.note.mapToGlobal(QPoint(0, 0)).y() - line.mapToGlobal(QPoint(0, 0)).y()
    assert 0 < gap < 2 * line.height()
    assert theme.colors().error.upper() in colors_of(line)
    assert stage.events == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab])
def test_a_wrong_text_gives_way_to_what_runs_when_it_is_left(
    stage: Stage, key: Qt.Key
) -> None:
    line = stage.field("propagated").text
    type_into(line, "abc")
    QTest.keyClick(line, key)
    assert line.text() == "8"
    assert not line.is_wrong
    assert not stage.note.is_problem
    assert stage.events == []


def test_a_schedule_of_the_wrong_length_is_explained(stage: Stage) -> None:
    type_into(stage.field("propagated").text, "4/8/8")
    assert stage.note.is_problem
    assert "12 of them, one per layer" in stage.note.text()
    assert not any(isinstance(m.propagated, tuple) for m in stage.changed())


def test_a_correction_takes_the_message_back_at_once(stage: Stage) -> None:
    line = stage.field("propagated").text
    type_into(line, "8@")
    assert stage.note.is_problem
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    assert not stage.note.is_problem
    assert not line.is_wrong


def test_an_echo_does_not_disturb_typing(stage: Stage) -> None:
    stage.panel.method_changed.connect(stage.echo)
    line = stage.field("propagated").text
    type_into(line, "1")
    QTest.keyClicks(line, "2@3-1x")
    stage.refresh()  # a result has come in meanwhile
    assert line.text() == "12@3-1x"
    assert stage.note.is_problem
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClicks(line, "0")
    assert line.text() == "12@3-10"
    assert stage.changed()[-1] == GTP(propagated=LayerRange(12, 3, 10))
    assert not any(event[0] == "selected_changed" for event in stage.events)


def test_nothing_jumps_when_a_schedule_is_wrong(stage: Stage) -> None:
    below = stage.field("alpha")
    QApplication.processEvents()  # the first layout
    before = below.mapToGlobal(QPoint(0, 0))
    type_into(stage.field("propagated").text, "abc")
    QApplication.processEvents()
    assert below.mapToGlobal(QPoint(0, 0)) == before


# -- how many leave ---------------------------------------------------------------


def test_before_a_run_the_schedule_is_said_to_ask(stage: Stage) -> None:
    assert stage.note.text() == "Asks for 96 of 196 tokens to leave."
    stage.show(Unpruned(), GTP(20))
    assert stage.note.text() == "Asks for 240 tokens to leave; there are only 196."


def test_after_a_run_the_trace_says_how_many_left(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(), row_1=Findings(left=88))
    assert stage.note.text() == "88 of 196 patches left the network."


def test_an_edit_takes_back_what_the_last_run_said(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(), row_1=Findings(left=96))
    slider = stage.field("propagated").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert stage.note.text() == "Asks for 108 of 196 tokens to leave."


def test_clamping_is_said_beside_the_schedule(stage: Stage) -> None:
    sentence = "GTP P=20 asks for 240 tokens to leave, but only 195 can."
    stage.show(Unpruned(), GTP(20), row_1=Findings(left=195, note=sentence))
    assert stage.note.text().endswith(sentence)


# -- the method as text -----------------------------------------------------------


def test_the_text_line_replaces_the_method(stage: Stage) -> None:
    stage.panel.method_changed.connect(stage.echo)
    type_into(stage.panel.editor.text, "tome:r=4,inflection=-1")
    assert stage.changed()[-1] == ToMe(merged=4, inflection=-1.0)
    assert isinstance(stage.field("merged"), ScheduleField)
    assert stage.panel.editor.text.text() == "tome:r=4,inflection=-1"


def test_a_bad_text_is_explained_under_it_and_gives_way(stage: Stage) -> None:
    editor = stage.panel.editor
    type_into(editor.text, "gtp:P=8,beta=2")
    assert editor.text_problem.isVisible()
    assert "GTP has no parameter 'beta'" in editor.text_problem.text()
    assert editor.text.is_wrong
    QTest.keyClick(editor.text, Qt.Key.Key_Return)
    assert editor.text.text() == "gtp:P=8"
    assert not editor.text_problem.isVisible()
    assert editor.method == GTP()


def test_reset_brings_the_defaults_back(stage: Stage) -> None:
    assert not stage.panel.editor.reset_button.isEnabled()
    stage.show(Unpruned(), GTP(alpha=0.4, graph="semantic"))
    QTest.mouseClick(stage.panel.editor.reset_button, LEFT)
    assert stage.changed() == [GTP()]
    assert stage.field("graph").box.currentText() == "mixed"


def test_the_text_can_be_copied(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(alpha=0.4))
    QTest.mouseClick(stage.panel.editor.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == "gtp:P=8,alpha=0.4"


# -- the list ---------------------------------------------------------------------


def test_another_method_is_chosen_by_a_click(stage: Stage) -> None:
    methods = stage.panel.list
    box = methods.visualItemRect(methods.item(2))
    QTest.mouseClick(methods.viewport(), LEFT, pos=QPoint(160, box.center().y()))
    assert stage.events == [("selected_changed", 12)]
    stage.select(12)
    assert stage.panel.editor.method == ToMe()


def tick(panel: MethodsPanel, row: int) -> None:
    option = QStyleOptionViewItem()
    panel.list.initViewItemOption(option)
    option.rect = panel.list.visualItemRect(panel.list.item(row))
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = panel.list.style().subElementRect(
        QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, panel.list
    )
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=box.center())


def test_a_pane_is_hidden_by_its_tick(stage: Stage) -> None:
    tick(stage.panel, 2)
    assert ("shown_changed", 12, False) in stage.events


def test_a_timing_reference_cannot_get_a_pane(stage: Stage) -> None:
    tick(stage.panel, 3)
    assert not any(event[0] == "shown_changed" for event in stage.events)
    assert "Only timed" in stage.panel.list.item(3).toolTip()


def test_a_method_that_becomes_a_timing_reference_loses_its_tick(stage: Stage) -> None:
    item, can_tick = stage.panel.list.item(2), Qt.ItemFlag.ItemIsUserCheckable
    stage.show(Unpruned(), GTP(), Floor(4), Floor())
    assert not item.flags() & can_tick
    stage.show(Unpruned(), GTP(), ToMe(), Floor())
    assert item.flags() & can_tick


def test_methods_are_added_from_the_menu(stage: Stage) -> None:
    actions = stage.panel.add_button.menu().actions()
    assert len(actions) == len(METHODS)
    actions[list(METHODS).index("topk")].trigger()
    assert stage.events == [("method_added", TopK())]
    assert len(stage.panel.list.rows) == 4


def test_all_but_the_unpruned_network_can_be_removed(stage: Stage) -> None:
    QTest.mouseClick(stage.panel.remove_button, LEFT)
    assert stage.events == [("method_removed", 11)]
    stage.select(10)
    assert not stage.panel.remove_button.isEnabled()
    assert "compared with it" in stage.panel.remove_button.toolTip()
    QTest.keyClick(stage.panel.list, Qt.Key.Key_Delete)
    assert len(stage.events) == 1


def test_the_delete_key_of_the_list_removes_the_method_and_nothing_else(
    stage: Stage,
) -> None:
    """The window has a shortcut of the same key, for the photo."""
    removed_photos: list[bool] = []
    action = QAction("Remove photo", stage.window)
    action.setShortcut(QKeySequence(Qt.Key.Key_Delete))
    action.triggered.connect(removed_photos.append)
    stage.window.addAction(action)
    stage.panel.list.setFocus()
    press = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier
    )
    press.ignore()
    QApplication.sendEvent(stage.panel.list, press)
    assert press.isAccepted()  # so that no shortcut gets the key
    QTest.keyClick(stage.panel.list, Qt.Key.Key_Delete)
    assert stage.events == [("method_removed", 11)]
    assert removed_photos == []


def test_methods_may_come_and_go(stage: Stage) -> None:
    stage.show(Unpruned(), GTP())
    assert stage.panel.editor.method == GTP()
    stage.show()
    assert stage.panel.editor.method is None
    assert not stage.panel.editor.isEnabled()


def test_a_method_without_a_result_says_why(stage: Stage) -> None:
    stage.show(Unpruned(), GTP(), ToMe(), row_2=Findings(problem="ToMe cannot run."))
    assert stage.label(2) == "ToMe r=8: no result"
    assert "ToMe cannot run." in stage.panel.list.item(2).toolTip()
    assert not stage.panel.editor.problem.isVisible()
    stage.select(12)
    assert stage.panel.editor.problem.text() == "ToMe cannot run."
    assert stage.panel.editor.problem.isVisible()


def test_what_the_network_cannot_run_is_not_offered(stage: Stage) -> None:
    actions = stage.panel.add_button.menu().actions()
    evit = actions[list(METHODS).index("evit")]
    stage.panel.set_network(Network(12, 196, has_class_token=False))
    assert not evit.isEnabled()
    assert "class token" in evit.toolTip()
    offered = [action.isEnabled() for action in actions]
    assert offered == [not method.needs_class_token for method in METHODS.values()]
    stage.panel.set_network(NETWORK)
    assert evit.isEnabled()


# -- wheel and keys ---------------------------------------------------------------


def turn_wheel(widget: QWidget) -> None:
    middle = widget.rect().center()
    event = QWheelEvent(
        QPointF(middle),
        QPointF(widget.mapToGlobal(middle)),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


PLACES = ("slider", "box", "number slider", "number box", "list")


def place(stage: Stage, name: str) -> QWidget:
    """A widget of the editor that the wheel may pass."""
    found: QWidget = {
        "slider": stage.field("propagated").slider,
        "box": stage.field("propagated").box,
        "number slider": stage.field("alpha").slider,
        "number box": stage.field("alpha").box,
        "list": stage.field("graph").box,
    }[name]
    return found


@pytest.mark.parametrize("name", PLACES)
def test_the_wheel_does_not_change_what_it_scrolls_past(
    stage: Stage, name: str
) -> None:
    widget = place(stage, name)
    turn_wheel(widget)
    turn_wheel(widget)  # the first turn must not have given it the focus
    assert stage.events == []
    assert not widget.hasFocus()
    assert (
        not widget.focusPolicy()
        & Qt.FocusPolicy.WheelFocus
        & ~(Qt.FocusPolicy.StrongFocus)
    )


def test_a_field_that_was_clicked_takes_the_wheel(stage: Stage) -> None:
    box = stage.field("propagated").box
    box.setFocus()
    turn_wheel(box)
    assert len(stage.changed()) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
@pytest.mark.parametrize("name", ["box", "number box", "per layer", "text"])
def test_return_and_escape_give_the_keys_back_to_the_window(
    stage: Stage, name: str, key: Qt.Key
) -> None:
    field = {
        "per layer": stage.field("propagated").text,
        "text": stage.panel.editor.text,
    }.get(name) or place(stage, name)
    field.setFocus()
    QTest.keyClick(field, key)
    assert stage.window.given == 1
    assert not field.hasFocus()


def test_a_floating_dock_gives_the_keys_back_too(show: Callable[..., Any]) -> None:
    window = Holder()
    show(window, 400, 300)
    dock = QDockWidget("Methods", window)
    panel = MethodsPanel()
    dock.setWidget(panel)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    dock.setFloating(True)
    panel.set_rows([MethodRow(1, tags(GTP())[0])], 1)
    QTest.keyClick(panel.editor.text, Qt.Key.Key_Return)
    assert window.given == 1
