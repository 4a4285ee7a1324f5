"""By what the patches are coloured: one of the overlays that would hide each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gtp_core.document.view import View
from gtp_core.drawing.overlays.contract import Option, Overlay

NOTHING = "Nothing"
_SPACE = 38
"""Pixels for the frame and the arrow of the button."""

Choose = Callable[[str, bool], None]
"""Show the overlay of this name, or hide it."""
ChooseOption = Callable[[Overlay, Option, str], None]
"""Show an overlay with this value of one of its options."""


class ColorChooser(QToolButton):
    """A button with a menu: what is shown, below it the options of each overlay.

    The button is as wide as its longest text, so that nothing moves when it changes.
    """

    def __init__(
        self,
        overlays: Sequence[Overlay],
        choose: Choose,
        choose_option: ChooseOption,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._overlays = tuple(overlays)
        self._choose, self._choose_option = choose, choose_option
        self._current: str | None = None
        self.actions_by_name: dict[str | None, QAction] = {}
        self._options: list[tuple[QAction, Overlay, Option, str]] = []
        self.setObjectName("overlay")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("Colour the patches by a number, by features or by the image")
        self.setAccessibleName("Colour by")
        self.setMenu(self._built_menu())
        self._show(None)

    def _built_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for overlay in (None, *self._overlays):
            group.addAction(self._action(menu, overlay))
        menu.addSeparator()
        for overlay in self._overlays:
            for option in overlay.options:
                self._add_option(menu, overlay, option)
        return menu

    def _action(self, menu: QMenu, overlay: Overlay | None) -> QAction:
        name = None if overlay is None else overlay.name
        text = NOTHING if overlay is None else f"{overlay.title}\t{overlay.shortcut}"
        action = QAction(text, menu, checkable=True)
        if overlay is not None:
            action.setToolTip(overlay.tip)
        action.triggered.connect(lambda _on=False, n=name: self._take(n))
        menu.addAction(action)
        self.actions_by_name[name] = action
        return action

    def _add_option(self, menu: QMenu, overlay: Overlay, option: Option) -> None:
        values = menu.addMenu(option.label)
        group = QActionGroup(values)
        for value, label in option.choices:
            action = QAction(label, values, checkable=True)
            action.triggered.connect(
                lambda _on=False, v=value: self._choose_option(overlay, option, v)
            )
            group.addAction(action)
            values.addAction(action)
            self._options.append((action, overlay, option, value))

    def _take(self, name: str | None) -> None:
        if name is not None:
            self._choose(name, True)
        elif self._current is not None:
            self._choose(self._current, False)

    # -- showing --------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Show what the patches are coloured by, and the values of all options."""
        visible = (o.name for o in self._overlays if _is_visible(view, o))
        self._show(next(visible, None))
        for action, overlay, option, value in self._options:
            action.setChecked(view.options(overlay)[option.name] == value)
            is_offered = view.info is None or overlay.offers(
                option.name, value, view.info
            )
            action.setVisible(is_offered)

    def _show(self, name: str | None) -> None:
        self._current = name
        self.actions_by_name[name].setChecked(True)
        self.setChecked(name is not None)
        titles = {overlay.name: overlay.title for overlay in self._overlays}
        self.setText(titles.get(name or "", "Colour by"))

    def fit_width(self) -> None:
        """Take the width of the longest text in the present font."""
        texts = ["Colour by", *(overlay.title for overlay in self._overlays)]
        measure = self.fontMetrics().horizontalAdvance
        self.setFixedWidth(max(map(measure, texts)) + _SPACE)

    def nextCheckState(self) -> None:
        """A click opens the menu and changes nothing by itself."""


def _is_visible(view: View, overlay: Overlay) -> bool:
    return view.document.overlay(overlay.name).is_visible
