"""Which layer is shown, playing through them, and which overlays are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from gtp_viewer import theme
from gtp_viewer.icons import icon
from gtp_viewer.overlays.contract import Option, Overlay
from gtp_viewer.state import ViewerState

PLAY_INTERVAL = 600
"""Milliseconds for which each layer is shown while playing."""


class LayerBar(QWidget):
    """Reads and writes the layer and the visible overlays of the state."""

    options_changed = Signal()

    def __init__(
        self,
        state: ViewerState,
        overlays: Sequence[Overlay],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.overlay_buttons: dict[str, QToolButton] = {}
        self._timer = QTimer(self, interval=PLAY_INTERVAL)
        self._timer.timeout.connect(self._play_on)
        self._build(overlays)
        state.layer_changed.connect(self._show_layer)
        state.model_changed.connect(self._show_layer)
        state.overlays_changed.connect(self._show_overlays)
        self._show_layer()
        self._show_overlays()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self, overlays: Sequence[Overlay]) -> None:
        self.label = QLabel(self)
        self.previous = self._button("Previous layer (Left)", -1)
        self.following = self._button("Next layer (Right)", 1)
        self.play_button = QToolButton(self)
        self.play_button.setAutoRaise(True)
        self.play_button.setToolTip("Play through the layers (Space)")
        self.play_button.clicked.connect(self.toggle_play)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setMinimumWidth(60)
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.NoTicks)
        self.slider.setAccessibleName("Layer")
        self.slider.valueChanged.connect(lambda value: self._state.set_layer(value - 1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 4)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        for button in (self.previous, self.play_button, self.following):
            layout.addWidget(button)
        layout.addWidget(self.slider, 1)
        layout.addSpacing(14)
        for overlay in overlays:
            layout.addWidget(self._overlay_button(overlay))

    def _button(self, tip: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setAutoRepeat(True)
        button.setToolTip(tip)
        button.clicked.connect(lambda: self.step(step))
        return button

    def _overlay_button(self, overlay: Overlay) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("overlay")
        button.setText(overlay.title)
        button.setCheckable(True)
        button.setToolTip(f"{overlay.tip} ({overlay.shortcut})")
        button.toggled.connect(
            lambda on, name=overlay.name: self._state.set_overlay(name, on)
        )
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
                action.setChecked(overlay.values[option.name] == value)
                action.triggered.connect(
                    lambda _on, v=value, o=option: self._choose(overlay, o, v)
                )
                group.addAction(action)
                menu.addAction(action)
        return menu

    def _choose(self, overlay: Overlay, option: Option, value: str) -> None:
        overlay.values[option.name] = value
        self._state.set_overlay(overlay.name, True)
        self.options_changed.emit()

    # -- playing --------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    def step(self, step: int) -> None:
        """Go `step` layers on (negative: back)."""
        self._state.set_layer(self._state.layer + step)

    def toggle_play(self) -> None:
        """Start from the first layer if the last one is shown."""
        if self.is_playing:
            self._timer.stop()
        elif self._state.depth is not None:
            if self._state.layer + 1 >= self._state.depth:
                self._state.set_layer(0)
            self._timer.start()
        self._restyle()

    def _play_on(self) -> None:
        self.step(1)
        if self._state.depth is None or self._state.layer + 1 >= self._state.depth:
            self.toggle_play()

    # -- showing --------------------------------------------------------------

    def _show_layer(self) -> None:
        depth = self._state.depth
        layer = self._state.layer
        self.setEnabled(depth is not None)
        self.slider.blockSignals(True)
        self.slider.setRange(1, depth or 1)
        self.slider.setValue(layer + 1)
        self.slider.blockSignals(False)
        shown = "layer –" if depth is None else f"layer {layer + 1} of {depth}"
        self.label.setText(shown)
        self.previous.setEnabled(layer > 0)
        self.following.setEnabled(depth is not None and layer + 1 < depth)

    def _show_overlays(self) -> None:
        for name, button in self.overlay_buttons.items():
            button.blockSignals(True)
            button.setChecked(name in self._state.visible_overlays)
            button.blockSignals(False)

    def _restyle(self) -> None:
        self.label.setFont(theme.digits_font(0.5))
        widest = self.label.fontMetrics().horizontalAdvance("layer 88 of 88")
        self.label.setFixedWidth(widest + 4)
        self.previous.setIcon(icon("previous"))
        self.following.setIcon(icon("next"))
        self.play_button.setIcon(icon("pause" if self.is_playing else "play"))
