"""The menu Methods."""

from __future__ import annotations

from functools import partial

from gtp_core.document import changes
from gtp_core.methods import METHODS
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk

ORDER = 50


def add(context: Context) -> None:
    """Add and remove methods, give them panes, go through them."""
    add, desk = context.commands.add, context.desk
    for name, method in METHODS.items():
        handler = partial(_add, desk, name)
        add(
            Command(
                f"add-{name}", "Methods/&Add", method.title, handler, tip=method.summary
            )
        )
    remove = partial(_remove, desk)
    text = "&Remove the active method"
    last = partial(_is_last, desk)
    add(Command("remove-method", "Methods", text, remove, refusal=last))
    add(
        Command(
            "toggle-pane",
            "Methods",
            "&Pane of the active method",
            partial(_toggle_pane, desk),
            "P",
            "Give the active method a pane of the canvas, or take it away",
        )
    )
    add(Command("next-method", "Methods", "&Next method", partial(_next, desk), "M"))


def _add(desk: Desk, name: str) -> None:
    desk.add_method(METHODS[name]())


def _is_last(desk: Desk) -> str | None:
    return "the last method stays" if len(desk.document.entries) == 1 else None


def _remove(desk: Desk) -> None:
    entry = desk.document.active_entry
    changed = changes.remove_method(desk.document, entry.id)
    desk.apply(changed, f"remove {entry.method.label}")


def _toggle_pane(desk: Desk) -> None:
    entry = desk.document.active_entry
    verb = "hide" if entry.is_shown else "show"
    change = partial(changes.set_shown, id=entry.id, is_shown=not entry.is_shown)
    desk.attempt(change, f"{verb} {entry.method.label}")


def _next(desk: Desk) -> None:
    ids = [entry.id for entry in desk.document.entries]
    place = ids.index(desk.document.active_entry.id)
    desk.apply(changes.set_active(desk.document, ids[(place + 1) % len(ids)]))
