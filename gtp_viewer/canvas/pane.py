"""One method's pane: what it did with the photo, under a line that names it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gtp_core.engine.messages import Outcome
from gtp_core.methods import MethodBase
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.photos.geometry import CropGeometry
from gtp_viewer import theme
from gtp_viewer.canvas.describe import describe_patch
from gtp_viewer.canvas.marks import Mark
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.overlays.contract import LegendEntry, Overlay, Scene

POINTING = "Point at a patch, or click to follow it."


NARROW = 320
"""A pane of fewer pixels leaves words out."""


class Pane(QWidget):
    """`set_method` names it, `show_outcome` fills it, `set_layer` steps it."""

    activated = Signal()

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PhotoView(viewport, self)
        self.view.activated.connect(self.activated)
        self._method: MethodBase | None = None
        self._nth = 0
        self._is_active = False
        self._outcome: Outcome | None = None
        self._is_stale = False
        self._scene: Scene | None = None
        self._build()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self._bar = QWidget(self)
        self._bar.setFixedHeight(3)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel(self)
        self.tokens = QLabel(self)
        self.answer = ElidedLabel(self)
        self.answer.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        header = QHBoxLayout()
        header.setContentsMargins(10, 6, 10, 6)
        header.setSpacing(12)
        header.addWidget(self.title)
        header.addWidget(self.tokens)
        header.addWidget(self.answer, 1)
        self.hint = ElidedLabel(self)
        self.hint.setFixedHeight(24)
        self.hint.setIndent(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.hint)

    # -- what is shown --------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """What is drawn; None while there is nothing to draw."""
        return self._scene

    def set_method(self, method: MethodBase, nth: int, is_active: bool) -> None:
        """Name the pane; `nth` as in `theme.method_color`."""
        self._method, self._nth, self._is_active = method, nth, is_active
        self.title.setText(method.label)
        self.title.setToolTip(str(method))
        self._restyle()

    def set_photo(self, photo: object, geometry: CropGeometry | None) -> None:
        self.view.set_photo(photo, geometry)  # type: ignore[arg-type]

    def show_outcome(
        self,
        outcome: Outcome | None,
        class_names: Sequence[str] | None,
        is_meaningless: bool,
    ) -> None:
        """What the method did; None: still running, and what was there stays."""
        self._is_stale = outcome is None
        if outcome is None:
            self.tokens.setText("running …")
            return
        self._outcome = outcome
        failed = outcome.failure
        answer = "" if failed else _answer(outcome, class_names)
        self.answer.setText(answer)
        why = "The weights are random: this means nothing."
        self.answer.setToolTip(why if is_meaningless else answer)
        self.answer.setEnabled(not is_meaningless)

    def forget(self) -> None:
        """The photo has changed: what was drawn is no longer true."""
        self._outcome = self._scene = None
        self.view.set_marks([])
        self.tokens.setText("")
        self.answer.setText("")
        self.hint.setText("")

    def show_layer(
        self,
        geometry: CropGeometry | None,
        layer: int,
        selected: int | None,
        overlays: Sequence[Overlay],
    ) -> None:
        """Draw one layer of the outcome with these overlays."""
        outcome = self._outcome
        self._scene = None
        if outcome is None or outcome.trace is None or geometry is None:
            self.view.set_marks([])
            if outcome is not None:
                self.hint.setText(outcome.failure or "")
            return
        trace = outcome.trace
        if trace.grid != geometry.grid:
            return  # a photo or model that is on its way out
        layer = min(layer, len(trace.layers) - 1)
        self._scene = Scene(geometry, outcome.method, trace, layer, selected)
        drawn: list[Mark] = []
        for overlay in overlays:
            drawn += overlay.marks(self._scene)
        self.view.set_marks(drawn)
        self.view.set_selected(selected)
        self._show_counts(outcome, layer)
        self.point_at(selected)

    def _show_counts(self, outcome: Outcome, layer: int) -> None:
        if self._is_stale or outcome.trace is None:
            return
        left = len(outcome.trace.layers[layer].after)
        text = f"{left} of {outcome.trace.patches}"
        if self.width() >= NARROW:
            text += " tokens"
        self.tokens.setText(text + (" (clamped)" if outcome.clamped else ""))
        self.tokens.setToolTip(
            clamp_sentence(outcome.method, outcome.requested, outcome.schedule)
            or "Image tokens after the layer"
        )

    def point_at(self, patch: int | None) -> None:
        """Say in words what happened to a patch (None: nothing is pointed at)."""
        self.view.set_hovered(patch)
        scene = self._scene
        if scene is None:
            return
        if patch is None or patch >= scene.patches:
            patch = scene.selected
        text = POINTING
        if patch is not None and patch < scene.patches:
            text = describe_patch(scene.trace, scene.layer, patch)
        self.hint.setText(text)

    def legend(self, overlays: Sequence[Overlay]) -> list[LegendEntry]:
        """What the marks of this pane mean."""
        if self._scene is None:
            return []
        return [entry for overlay in overlays for entry in overlay.legend(self._scene)]

    # -- look -----------------------------------------------------------------

    def _restyle(self) -> None:
        colors = theme.colors()
        name = "" if self._method is None else self._method.name
        accent = theme.method_color(name, self._nth).name()
        bar = accent if self._is_active else colors.border
        self._bar.setStyleSheet(f"background: {bar};")
        ink = theme.method_ink(name, self._nth).name()
        self.title.setStyleSheet(f"color: {ink};")
        self.title.setFont(theme.ui_font(0.5, bold=True))
        for label in (self.tokens, self.hint):
            label.setStyleSheet(f"color: {colors.muted};")
        self.tokens.setFont(theme.digits_font())
        self.hint.setFont(theme.ui_font(-0.8))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._outcome is not None and self._scene is not None:
            self._show_counts(self._outcome, self._scene.layer)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.activated.emit()


def _answer(outcome: Outcome, class_names: Sequence[str] | None) -> str:
    """The likeliest class with its probability."""
    assert outcome.trace is not None
    logits = outcome.trace.logits.astype(np.float64)
    if logits.size == 0 or not np.isfinite(logits).all():
        return "no usable answer"
    shares = np.exp(logits - logits.max())
    best = int(shares.argmax())
    name = f"class {best}" if class_names is None else class_names[best]
    return f"{name} {100 * shares[best] / shares.sum():.1f} %"
