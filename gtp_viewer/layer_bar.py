"""Which layer is shown, playing through them, and which overlays are drawn."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from gtp_core.document import changes
from gtp_core.document.view import View
from gtp_core.drawing.overlays.contract import Option, Overlay
from gtp_viewer import theme
from gtp_viewer.color_chooser import ColorChooser
from gtp_viewer.desk import Desk
from gtp_viewer.icons import icon
from gtp_viewer.wrapping_row import WrappingRow

PLAY_INTERVAL = 600
"""Milliseconds for which each layer is shown while playing."""


class LayerBar(QWidget):
    """Shows the layer and the overlays of a view; its buttons change the document."""

    def __init__(
        self, desk: Desk, overlays: tuple[Overlay, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._overlays = overlays
        self._shown: tuple[object, ...] | None = None
        self.overlay_buttons: dict[str, QToolButton] = {}
        self._options: list[tuple[QAction, Overlay, Option, str]] = []
        self._timer = QTimer(self, interval=PLAY_INTERVAL)
        self._timer.timeout.connect(self._play_on)
        self._build()
        self.refresh(desk.view)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self.label = QLabel(self)
        self.previous = self._button("Previous layer (Left)", -1)
        self.following = self._button("Next layer (Right)", 1)
        self.play_button = QToolButton(self)
        self.play_button.setAutoRaise(True)
        self.play_button.setToolTip("Play through the layers (Space)")
        self.play_button.setAccessibleName("Play")
        self.play_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play_button.clicked.connect(self.toggle_play)
        layout = WrappingRow(self)
        layout.setContentsMargins(10, 4, 10, 4)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        for button in (self.previous, self.play_button, self.following):
            layout.addWidget(button)
        layout.addWidget(QWidget(self), 1)  # keeps the overlays at the right
        grouped = [overlay for overlay in self._overlays if overlay.group]
        self.color_chooser = ColorChooser(
            grouped, self.show_overlay, self._choose, self
        )
        layout.addWidget(self.color_chooser)
        for overlay in self._overlays:
            if not overlay.group and overlay.has_button:
                layout.addWidget(self._overlay_button(overlay))

    def _button(self, tip: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setAutoRepeat(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.step(step))
        return button

    def _overlay_button(self, overlay: Overlay) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("overlay")
        button.setText(overlay.title)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{overlay.tip} ({overlay.shortcut})")
        button.clicked.connect(lambda on, o=overlay: self.show_overlay(o.name, on))
        if overlay.options:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
            button.setMenu(self._options_menu(overlay, button))
        self.overlay_buttons[overlay.name] = button
        return button

    def _options_menu(self, overlay: Overlay, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        for option in overlay.options:
            menu.addSection(option.label)
            group = QActionGroup(menu)
            for value, label in option.choices:
                action = QAction(label, menu, checkable=True)
                action.triggered.connect(
                    lambda _on, v=value, o=option: self._choose(overlay, o, v)
                )
                group.addAction(action)
                menu.addAction(action)
                self._options.append((action, overlay, option, value))
        return menu

    # -- wishes ---------------------------------------------------------------

    def go_to(self, layer: int) -> None:
        """Show a layer, counted from 0."""
        self._desk.apply(changes.set_layer(self._desk.document, layer))

    def step(self, step: int) -> None:
        """Go `step` layers on (negative: back), at most to the last."""
        view = self._desk.view
        last = 0 if view.depth is None else view.depth - 1
        self.go_to(min(max(view.layer + step, 0), last))

    def show_overlay(self, name: str, is_visible: bool) -> None:
        """Draw an overlay in all panes, or not."""
        document = self._desk.document
        state = replace(document.overlay(name), is_visible=is_visible)
        verb = "show" if is_visible else "hide"
        self._desk.apply(changes.show_overlay(document, state), f"{verb} the {name}")

    def _choose(self, overlay: Overlay, option: Option, value: str) -> None:
        document = self._desk.document
        state = document.overlay(overlay.name)
        values = dict(state.values) | {option.name: value}
        state = replace(state, is_visible=True, values=tuple(sorted(values.items())))
        changed = changes.show_overlay(document, state)
        self._desk.apply(changed, f"change the {overlay.name}")

    # -- playing --------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether the layers go by themselves."""
        return self._timer.isActive()

    def toggle_play(self) -> None:
        """Start from the first layer if the last one is shown."""
        view = self._desk.view
        if self.is_playing:
            self._timer.stop()
        elif view.depth is not None:
            if view.layer + 1 >= view.depth:
                self.go_to(0)
            self._timer.start()
        self._restyle()

    def _play_on(self) -> None:
        self.step(1)
        view = self._desk.view
        if view.depth is None or view.layer + 1 >= view.depth:
            self.toggle_play()

    # -- showing --------------------------------------------------------------

    def refresh(self, view: View) -> None:
        """Show the layer and the overlays of `view`."""
        inputs = (view.info, view.layer, view.document.overlays)
        if inputs == self._shown:
            return
        self._shown = inputs
        self._show_layer(view.depth, view.layer)
        for name, button in self.overlay_buttons.items():
            button.setChecked(view.document.overlay(name).is_visible)
        for action, overlay, option, value in self._options:
            action.setChecked(view.options(overlay)[option.name] == value)
        self.color_chooser.show_view(view)

    def preview(self, layer: int | None) -> None:
        """Say that another layer is looked at; None: the document's again."""
        view = self._desk.view
        self._show_layer(view.depth, view.layer if layer is None else layer)

    def _show_layer(self, depth: int | None, layer: int) -> None:
        self.setEnabled(depth is not None)
        shown = "layer –" if depth is None else f"layer {layer + 1} of {depth}"
        self.label.setText(shown)
        self.previous.setEnabled(layer > 0)
        self.following.setEnabled(depth is not None and layer + 1 < depth)

    def _restyle(self) -> None:
        self.label.setFont(theme.digits_font(0.5))
        widest = self.label.fontMetrics().horizontalAdvance("layer 88 of 88")
        self.label.setFixedWidth(widest + 4)
        self.color_chooser.fit_width()
        self.previous.setIcon(icon("previous"))
        self.following.setIcon(icon("next"))
        self.play_button.setIcon(icon("pause" if self.is_playing else "play"))
