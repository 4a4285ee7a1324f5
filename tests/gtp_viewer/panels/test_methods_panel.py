"""The settings: what is dragged, typed and ticked comes out as methods, live."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from gtp_viewer.panels.settings import MethodSettings
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QStyleOptionViewItem,
)

from gtp_core.methods import METHODS, MethodBase
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.schedule import LayerRange
from gtp_core.methods.tome import ToMe
from gtp_core.methods.topk import TopK
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer.panels.fields import ChoiceField, FlagField, NumberField, ScheduleField

LEFT = Qt.MouseButton.LeftButton


class Recorded:
    """Everything a MethodSettings emits, in order."""

    def __init__(self, panel: MethodSettings) -> None:
        self.events: list[tuple[Any, ...]] = []
        for name in (
            "method_changed",
            "method_added",
            "method_removed",
            "selected_changed",
            "shown_changed",
        ):
            signal = getattr(panel, name)
            signal.connect(lambda *args, name=name: self.events.append((name, *args)))

    def changed(self) -> list[MethodBase]:
        return [event[2] for event in self.events if event[0] == "method_changed"]


@pytest.fixture
def panel(show: Callable[..., Any]) -> MethodSettings:
    settings = show(MethodSettings(), 300, 640)
    settings.set_network(12, 196, True)
    settings.set_methods([Unpruned(), GTP(), ToMe(), Floor()])
    settings.set_selected(1)
    return settings


@pytest.fixture
def seen(panel: MethodSettings) -> Recorded:
    return Recorded(panel)


def field(panel: MethodSettings, name: str) -> Any:
    assert panel.editor.form is not None
    return panel.editor.form.fields[name]


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


def test_the_list_shows_every_method(panel: MethodSettings) -> None:
    texts = [panel.list.item(i).text() for i in range(panel.list.count())]
    assert texts == ["Unpruned", "GTP P=8", "ToMe r=8", "Floor K=8"]
    assert panel.selected() == 1


def test_methods_with_the_same_label_are_told_apart(panel: MethodSettings) -> None:
    panel.set_methods([Unpruned(), GTP(), GTP(alpha=0.3)])
    assert panel.list.item(2).text() == "gtp:P=8,alpha=0.3"


def test_setters_say_nothing(panel: MethodSettings, seen: Recorded) -> None:
    panel.set_methods([Unpruned(), GTP(), TopK()])
    panel.set_method(1, GTP(propagated=4, graph="spatial"))
    panel.set_selected(2)
    panel.set_shown(0, False)
    panel.set_network(24, 576, True)
    panel.set_outcome(2, (8,) * 24, (8,) * 24, None)
    assert seen.events == []


def test_dragging_p_is_emitted_live(panel: MethodSettings, seen: Recorded) -> None:
    drag(field(panel, "propagated").slider, 40)
    counts = [method.propagated for method in seen.changed()]
    assert len(counts) >= 2
    assert counts == sorted(counts)
    assert panel.methods()[1] == seen.changed()[-1]
    assert panel.list.item(1).text() == f"GTP P={counts[-1]}"
    assert panel.editor.text.text() == f"gtp:P={counts[-1]}"


def test_an_echo_of_the_users_own_change_does_nothing(
    panel: MethodSettings, seen: Recorded
) -> None:
    panel.method_changed.connect(panel.set_method)
    drag(field(panel, "alpha").slider, 30)
    emitted = seen.changed()
    assert len(emitted) == len(set(emitted)) >= 2
    assert panel.methods()[1] == emitted[-1]


def test_alpha_moves_in_its_steps(panel: MethodSettings, seen: Recorded) -> None:
    slider = field(panel, "alpha").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert seen.changed() == [GTP(alpha=0.15)]
    assert field(panel, "alpha").box.text() == "0.15"


def test_the_box_takes_what_the_slider_does_not_reach(
    panel: MethodSettings, seen: Recorded
) -> None:
    box = field(panel, "alpha").box
    type_into(box, "2.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert seen.changed()[-1] == GTP(alpha=2.5)


def test_a_value_finer_than_the_box_survives_other_edits(
    panel: MethodSettings, seen: Recorded
) -> None:
    panel.set_method(1, GTP(alpha=0.1234567))
    drag(field(panel, "propagated").slider, 20)
    assert {method.alpha for method in seen.changed()} == {0.1234567}


def test_a_range_of_layers_can_be_typed(panel: MethodSettings, seen: Recorded) -> None:
    type_into(field(panel, "propagated").text, "6@3-9")
    assert seen.changed()[-1] == GTP(propagated=LayerRange(6, 3, 9))
    assert not panel.editor.message.isVisible()
    assert panel.editor.form.leaving.text() == "42 of 196 tokens leave"


def test_sliding_keeps_the_range_of_layers(
    panel: MethodSettings, seen: Recorded
) -> None:
    panel.set_method(1, GTP(propagated=LayerRange(6, 3, 9)))
    slider = field(panel, "propagated").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert seen.changed() == [GTP(propagated=LayerRange(7, 3, 9))]


def test_text_that_is_no_schedule_is_explained_after_a_while(
    panel: MethodSettings, seen: Recorded, qtbot: Any
) -> None:
    type_into(field(panel, "propagated").text, "many")
    assert not panel.editor.message.isVisible()
    qtbot.waitUntil(panel.editor.message.isVisible)
    assert "“many” is no schedule; allowed: 8, 4/8/8/12" in panel.editor.message.text()
    assert seen.changed() == []


def test_a_schedule_of_the_wrong_length_is_explained(
    panel: MethodSettings, seen: Recorded, qtbot: Any
) -> None:
    type_into(field(panel, "propagated").text, "4/8/8")
    qtbot.waitUntil(panel.editor.message.isVisible)
    assert "12 of them, one per layer" in panel.editor.message.text()
    assert not any(isinstance(m.propagated, tuple) for m in seen.changed())


def test_a_correction_takes_the_message_back_at_once(
    panel: MethodSettings, qtbot: Any
) -> None:
    line = field(panel, "propagated").text
    type_into(line, "8@")
    qtbot.waitUntil(panel.editor.message.isVisible)
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    assert not panel.editor.message.isVisible()


def test_the_text_line_replaces_the_method(
    panel: MethodSettings, seen: Recorded
) -> None:
    type_into(panel.editor.text, "tome:r=4,inflection=-1")
    assert seen.changed()[-1] == ToMe(merged=4, inflection=-1.0)
    assert isinstance(field(panel, "merged"), ScheduleField)
    assert panel.editor.text.text() == "tome:r=4,inflection=-1"
    assert panel.list.item(1).text() == "ToMe r=4"


def test_a_bad_text_is_explained_on_enter(
    panel: MethodSettings,
) -> None:
    type_into(panel.editor.text, "gtp:P=8,beta=2")
    QTest.keyClick(panel.editor.text, Qt.Key.Key_Return)
    assert panel.editor.message.isVisible()
    assert "GTP has no parameter 'beta'" in panel.editor.message.text()
    assert panel.methods()[1] == GTP()


def test_reset_brings_the_defaults_back(panel: MethodSettings, seen: Recorded) -> None:
    assert not panel.editor.reset_button.isEnabled()
    panel.set_method(1, GTP(alpha=0.4, graph="semantic"))
    QTest.mouseClick(panel.editor.reset_button, LEFT)
    assert seen.changed() == [GTP()]
    assert field(panel, "graph").box.currentText() == "mixed"


def test_the_text_can_be_copied(panel: MethodSettings) -> None:
    panel.set_method(1, GTP(alpha=0.4))
    QTest.mouseClick(panel.editor.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == "gtp:P=8,alpha=0.4"


def test_a_parameter_without_effect_says_why(panel: MethodSettings) -> None:
    panel.set_method(1, GTP(graph="spatial"))
    assert field(panel, "neighbours").idle_reason == "only with semantic edges"
    assert not field(panel, "neighbours").slider.isVisible()
    panel.set_method(1, GTP())
    assert field(panel, "neighbours").slider.isVisible()


def test_choosing_from_a_list(panel: MethodSettings, seen: Recorded) -> None:
    box = field(panel, "graph").box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert seen.changed() == [GTP(graph="spatial")]


def test_a_flag_is_clicked(panel: MethodSettings, seen: Recorded) -> None:
    box = field(panel, "token_scale").box
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert seen.changed() == [GTP(token_scale=False)]


def test_the_wheel_does_not_change_what_it_scrolls_past(
    panel: MethodSettings, seen: Recorded
) -> None:
    slider = field(panel, "propagated").slider
    middle = QPointF(slider.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(slider.mapToGlobal(slider.rect().center())),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)
    assert seen.events == []


def test_selecting_another_method_shows_it(
    panel: MethodSettings, seen: Recorded
) -> None:
    box = panel.list.visualItemRect(panel.list.item(2))
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=QPoint(120, box.center().y()))
    assert seen.events == [("selected_changed", 2)]
    assert panel.editor.method == ToMe()


def tick(panel: MethodSettings, row: int) -> None:
    option = QStyleOptionViewItem()
    panel.list.initViewItemOption(option)
    item = panel.list.item(row)
    option.rect = panel.list.visualItemRect(item)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = panel.list.style().subElementRect(
        QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, panel.list
    )
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=box.center())


def test_a_pane_is_hidden_by_its_tick(panel: MethodSettings, seen: Recorded) -> None:
    tick(panel, 2)
    assert ("shown_changed", 2, False) in seen.events


def test_a_timing_reference_cannot_get_a_pane(
    panel: MethodSettings, seen: Recorded
) -> None:
    tick(panel, 3)
    assert not any(event[0] == "shown_changed" for event in seen.events)
    assert "Only timed" in panel.list.item(3).toolTip()


def test_methods_are_added_from_the_menu(panel: MethodSettings, seen: Recorded) -> None:
    actions = panel.add_button.menu().actions()
    assert len(actions) == len(METHODS)
    actions[list(METHODS).index("topk")].trigger()
    assert seen.events == [("method_added", TopK())]
    assert len(panel.methods()) == 4


def test_only_what_is_compared_can_be_removed(
    panel: MethodSettings, seen: Recorded
) -> None:
    QTest.mouseClick(panel.remove_button, LEFT)
    assert seen.events == [("method_removed", 1)]
    panel.set_selected(0)
    assert not panel.remove_button.isEnabled()
    assert "compared with it" in panel.remove_button.toolTip()


def test_the_selection_stays_when_methods_come_and_go(panel: MethodSettings) -> None:
    panel.set_methods([Unpruned(), GTP(), ToMe(), TopK()])
    assert panel.selected() == 1
    panel.set_methods([Unpruned()])
    assert panel.selected() == 0
    panel.set_methods([])
    assert panel.selected() == -1
    assert not panel.editor.isEnabled()


def test_clamping_is_said(panel: MethodSettings) -> None:
    panel.set_outcome(1, (20,) * 12, (20,) * 9 + (15, 0, 0), None)
    assert panel.editor.note.isVisible()
    assert panel.editor.note.text() == (
        "GTP P=8 asks for 240 tokens to leave, but only 195 can: "
        "layers 10 to 12 have too few."
    )


def test_nothing_is_said_where_nothing_was_clamped(panel: MethodSettings) -> None:
    panel.set_outcome(1, (8,) * 12, (8,) * 12, None)
    assert not panel.editor.note.isVisible()


def test_a_method_that_cannot_run_says_why(panel: MethodSettings) -> None:
    panel.set_outcome(2, (8,) * 12, (8,) * 12, "ToMe cannot run here.")
    assert not panel.editor.message.isVisible()
    panel.set_selected(2)
    assert panel.editor.message.text() == "ToMe cannot run here."


@pytest.mark.parametrize("name", list(METHODS))
def test_every_method_has_a_form_for_all_of_its_parameters(
    panel: MethodSettings, seen: Recorded, name: str
) -> None:
    method = METHODS[name]()
    panel.set_method(1, method)
    kinds = {"schedule": ScheduleField, "choice": ChoiceField, "flag": FlagField}
    for key, parameter in method.parameters().items():
        wanted = kinds.get(parameter.kind, NumberField)
        assert isinstance(field(panel, key), wanted)
        assert field(panel, key).toolTip() == parameter.help
    assert panel.methods()[1] == dataclasses.replace(method)
    assert seen.events == []


def test_an_echo_of_the_whole_list_does_not_disturb_typing(
    panel: MethodSettings, seen: Recorded, qtbot: Any
) -> None:
    """The window answers each edit with set_methods, set_shown and set_selected."""

    def echo(index: int, method: MethodBase) -> None:
        methods = list(panel.methods())
        methods[index] = method
        panel.set_methods(methods, [True, True, False, False])
        panel.set_selected(index)

    panel.method_changed.connect(echo)
    line = field(panel, "propagated").text
    type_into(line, "1")
    QTest.keyClicks(line, "2@3-1x")
    assert line.text() == "12@3-1x"
    qtbot.waitUntil(panel.editor.message.isVisible)
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClicks(line, "0")
    assert line.text() == "12@3-10"
    assert seen.changed()[-1] == GTP(propagated=LayerRange(12, 3, 10))
    assert not any(event[0] == "selected_changed" for event in seen.events)


def test_a_method_that_becomes_a_timing_reference_loses_its_tick(
    panel: MethodSettings,
) -> None:
    panel.set_method(2, Floor(4))
    flags = panel.list.item(2).flags()
    assert not flags & Qt.ItemFlag.ItemIsUserCheckable
    panel.set_method(2, ToMe())
    assert panel.list.item(2).flags() & Qt.ItemFlag.ItemIsUserCheckable


def test_what_the_network_cannot_run_is_not_offered(panel: MethodSettings) -> None:
    actions = panel.add_button.menu().actions()
    evit = actions[list(METHODS).index("evit")]
    panel.set_network(12, 196, has_class_token=False)
    assert not evit.isEnabled()
    assert "class token" in evit.toolTip()
    offered = [action.isEnabled() for action in actions]
    assert offered == [not method.needs_class_token for method in METHODS.values()]
    panel.set_network(12, 196, has_class_token=True)
    assert evit.isEnabled()
