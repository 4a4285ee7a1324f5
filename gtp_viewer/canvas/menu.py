"""The context menus of panes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from gtp_core.document import changes
from gtp_core.document.document import Wipe
from gtp_viewer import comparing, looks
from gtp_viewer.desk import Desk


def entry_menu(desk: Desk, id: int, parent: QWidget) -> QMenu:
    """What can be done with the pane of an entry."""
    menu = QMenu(parent)
    document = desk.document
    _add_choices(
        menu.addMenu("&Difference with"),
        desk,
        id,
        lambda other: comparing.find_difference(document, id, other) is not None,
        comparing.toggle_difference,
    )
    _add_choices(
        menu.addMenu("&Wipe between this and"),
        desk,
        id,
        lambda other: document.wipe == Wipe(id, other),
        comparing.toggle_wipe,
    )
    menu.addSeparator()
    hide = menu.addAction("&Hide this pane")
    hide.setEnabled(len(desk.view.panes) + len(desk.view.differences) > 1)
    hide.triggered.connect(partial(_hide, desk, id))
    return menu


def difference_menu(desk: Desk, id: int, parent: QWidget) -> QMenu:
    """What can be done with the pane of a difference."""
    menu = QMenu(parent)
    close = menu.addAction("&Close this difference")
    close.triggered.connect(partial(comparing.close_difference, desk, id))
    return menu


def _add_choices(
    menu: QMenu,
    desk: Desk,
    id: int,
    is_on: Callable[[int], bool],
    toggle: Callable[[Desk, int, int], None],
) -> None:
    """One action for each entry that the entry `id` can be compared with."""
    others = comparing.partners(desk.view, id)
    for other in others:
        action = menu.addAction(looks.sample_icon(other.tag.look), other.tag.label)
        action.setCheckable(True)
        action.setChecked(is_on(other.entry.id))
        action.triggered.connect(partial(toggle, desk, id, other.entry.id))
    menu.setEnabled(bool(others))


def _hide(desk: Desk, id: int) -> None:
    entry = desk.document.entry(id)
    if entry is not None:
        changed = changes.set_shown(desk.document, id, False)
        desk.apply(changed, f"hide {entry.method.label}")
