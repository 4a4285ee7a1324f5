"""Whoever hears the window instead of seeing it hears a name for every control."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.palette import Palette
from gtp_viewer.shortcut_sheet import ShortcutSheet
from gtp_viewer.tour.panel import TourPanel
from gtp_viewer.window import Window

NAME = QAccessible.Text.Name
OPERATED = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.ButtonDropDown,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.PageTab,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.Table,
    QAccessible.Role.Tree,
}
"""Roles of what a person operates."""


def interfaces(root: QWidget) -> list[QAccessibleInterface]:
    """All that a screen reader finds below `root`."""
    found, open_ = [], [QAccessible.queryAccessibleInterface(root)]
    while open_:
        one = open_.pop()
        if one is None or not one.isValid():
            continue
        found.append(one)
        open_ += [one.child(place) for place in range(one.childCount())]
    return found


def nameless(root: QWidget) -> list[str]:
    """What is operated and has no name, as paths of classes."""
    found = []
    for one in interfaces(root):
        widget = one.object()
        takes_keys = (
            isinstance(widget, QWidget)
            and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            and widget.isVisible()
        )
        if not (one.role() in OPERATED or takes_keys) or one.text(NAME).strip():
            continue
        if isinstance(widget, QWidget) and _is_part(widget):
            continue
        found.append(_path(widget) if isinstance(widget, QWidget) else str(one))
    return found


def _is_part(widget: QWidget) -> bool:
    """Whether Qt made it as a part of a control that has a name itself."""
    return widget.objectName().startswith("qt_") or not widget.isVisible()


def _path(widget: QWidget | None) -> str:
    names: list[str] = []
    while widget is not None:
        names.append(f"{type(widget).__name__}({widget.objectName()})")
        widget = widget.parentWidget()
    return " < ".join(names)


def test_every_control_of_the_window_has_a_name(window: Window) -> None:
    for name in window.dock_widgets:
        window.dock_widgets[name].raise_()
        assert nameless(window) == [], name


def test_the_walk_finds_what_there_is(window: Window) -> None:
    roles = {one.role() for one in interfaces(window)}
    for role in (QAccessible.Role.Button, QAccessible.Role.Slider):
        assert role in roles
    window.layer_bar.play_button.setAccessibleName("")
    window.layer_bar.play_button.setToolTip("")
    assert len(nameless(window)) == 1


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_palette_sheet_tour_and_messages_have_names(
    window: Window, qtbot: QtBot
) -> None:
    window.commands.action("tour").trigger()
    panel = window.findChild(TourPanel)
    assert panel is not None
    window.messages.show_message("x", "error", "Broken.", [("Mend", lambda: None)])
    palette = Palette(window.commands, window)
    sheet = ShortcutSheet(window.commands, window)
    for widget in (palette, sheet):
        qtbot.addWidget(widget)
        widget.show()
    for widget in (panel, palette, sheet, window.messages):
        assert nameless(widget) == []
    assert panel.accessibleDescription().startswith("Score and rank. ")
