"""The menu View."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gtp_core.document import changes
from gtp_viewer import theme
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk

ORDER = 30
_THEMES = {
    "system": "&As the system",
    "light": "&Light",
    "dark": "&Dark",
    "contrast": "&High contrast",
}
_LAST = 10_000
"""More layers than any network has."""


def add(context: Context) -> None:
    """Layers, zoom, overlays, theme, docks."""
    add, bar, canvas = context.commands.add, context.layer_bar, context.canvas
    add(Command("layer-back", "View", "&Previous layer", partial(bar.step, -1), "Left"))
    add(Command("layer-on", "View", "&Next layer", partial(bar.step, 1), "Right"))
    add(Command("layer-first", "View", "&First layer", partial(bar.go_to, 0), "Home"))
    last = partial(bar.step, _LAST)
    add(Command("layer-last", "View", "&Last layer", last, "End"))
    add(Command("play", "View", "P&lay or pause", bar.toggle_play, "Space"))
    fit = "F&it what the network sees"
    add(Command("fit", "View", fit, canvas.fit_crop, "0", starts_section=True))
    add(Command("fit-photo", "View", "Fit the &whole photo", canvas.fit_photo, "9"))
    _overlays(context)
    _strips(context)
    for scheme in theme.SCHEMES:
        _theme(context, scheme)


def _overlays(context: Context) -> None:
    actions = {}
    ungrouped = [overlay for overlay in context.overlays if not overlay.group]
    for overlay in context.overlays:
        actions[overlay.name] = context.commands.add(
            Command(
                f"overlay-{overlay.name}",
                "View/&Colour by" if overlay.group else "View",
                overlay.title,
                partial(_toggle, context, overlay.name),
                overlay.shortcut,
                overlay.tip,
                checkable=True,
                starts_section=overlay is ungrouped[0],
            )
        )
    _OverlayTicks(context.desk, actions, context.window)


def _strips(context: Context) -> None:
    """The switch of the film strips."""
    desk = context.desk
    command = Command(
        "strips",
        "View",
        "Film &strips",
        partial(_switch_strips, desk),
        "Shift+F",
        "All layers as miniatures below each photo",
        checkable=True,
        starts_section=True,
    )
    action = context.commands.add(command)
    desk.changed.connect(lambda: action.setChecked(desk.document.shows_strips))
    action.setChecked(desk.document.shows_strips)


def _switch_strips(desk: Desk) -> None:
    is_shown = not desk.document.shows_strips
    verb = "show" if is_shown else "hide"
    changed = changes.set_strips(desk.document, is_shown)
    desk.apply(changed, f"{verb} the film strips")


def _toggle(context: Context, name: str) -> None:
    is_visible = context.desk.document.overlay(name).is_visible
    context.layer_bar.show_overlay(name, not is_visible)


class _OverlayTicks(QObject):
    """Ticks the overlays that are drawn."""

    def __init__(
        self, desk: Desk, actions: dict[str, QAction], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._actions = desk, actions
        desk.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for name, action in self._actions.items():
            action.setChecked(self._desk.document.overlay(name).is_visible)


def _theme(context: Context, scheme: str) -> None:
    text = _THEMES[scheme]
    command = Command(
        f"theme-{scheme}",
        "View/&Theme",
        text,
        partial(_use_theme, scheme),
        checkable=True,
        group="theme",
    )
    context.commands.add(command).setChecked(theme.scheme() == scheme)


def _use_theme(scheme: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scheme)
