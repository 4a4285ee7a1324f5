"""The docks in the menu View: shown, hidden, arranged, or all of them away."""

from __future__ import annotations

from functools import partial

from gtp_viewer.commands import Command
from gtp_viewer.context import Context

ORDER = 32
_MENU = "View/&Docks"
ALONE = "The canvas is shown alone; F or Escape brings everything back."


def add(context: Context) -> None:
    """One command for each dock, and those for all of them."""
    add, arrangement = context.commands.add, context.arrangement
    tip = "Hide everything but the photos; again, or Escape: everything is back"
    alone = add(
        Command(
            "alone",
            "View",
            "&Canvas alone",
            arrangement.toggle_alone,
            "F",
            tip,
            checkable=True,
            starts_section=True,
        )
    )
    context.escape.add(arrangement.end_alone)
    arrangement.alone_changed.connect(alone.setChecked)
    arrangement.alone_changed.connect(partial(_say_how_back, context))
    add(
        Command(
            "dismiss",
            "View",
            "Dis&miss the newest message",
            context.messages.dismiss_last,
            "Shift+Escape",
        )
    )
    for name in context.docks:
        _dock(context, name)
    tip = "Show the images as a strip of thumbnails, or with their names again"
    toggle = arrangement.toggle_strip
    add(
        Command(
            "strip",
            _MENU,
            "Images as a &strip",
            toggle,
            "Ctrl+B",
            tip,
            starts_section=True,
        )
    )
    add(Command("arrange", _MENU, "&Arrange anew", arrangement.arrange))


def _dock(context: Context, name: str) -> None:
    widget = context.docks[name]
    shown = widget.toggleViewAction()

    def toggle() -> None:
        context.arrangement.toggle_dock(name)
        # A dock that only came to the front is ticked as it was before.
        action.setChecked(shown.isChecked())

    title = widget.windowTitle()
    command = Command(f"dock-{name}", _MENU, title, toggle, checkable=True)
    action = context.commands.add(command)
    action.setChecked(shown.isChecked())
    shown.toggled.connect(action.setChecked)


def _say_how_back(context: Context, is_alone: bool) -> None:
    if is_alone:
        context.messages.show_message("alone", "info", ALONE)
    else:
        context.messages.clear("alone")
