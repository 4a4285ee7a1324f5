"""What became of one patch; without a selection, what the layer did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gtp_core.methods import MethodBase
from gtp_core.records.layer_facts import LayerFacts, layer_facts
from gtp_core.records.patch_facts import PatchFacts, patch_facts
from gtp_core.records.trace import Trace
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.heat_map import LARGE, HeatMap
from gtp_viewer.panels.token_list import TokenList
from gtp_viewer.panels.widgets import MARGIN, Elided, Heading, Muted, Panel, Scroll

_EMPTY = "Open an image: what a method does to its patches is explained here."
_COMPUTING = "Waiting for the network…"
PATIENCE_MS = 800
"""How long the last trace stays while the next one is computed."""

_HINT = "Click a patch in the photo to follow it."
_FACT_ROWS = 6


class FactGrid(QWidget):
    """Labels on the left, values on the right, always the same number of rows."""

    def __init__(self, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, Elided]] = []
        for row in range(rows):
            label, value = QLabel(), Elided()
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.setMinimumWidth(84)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            self._rows.append((label, value))

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show (label, value) pairs; rows left over stay blank."""
        padded = [*facts, *[("", "")] * (len(self._rows) - len(facts))]
        for (label, value), fact in zip(self._rows, padded, strict=True):
            label.setText(fact[0])
            value.setText(fact[1])

    def facts(self) -> dict[str, str]:
        """What is shown, by label."""
        return {
            label.text(): value.text() for label, value in self._rows if label.text()
        }


class InspectorPanel(Panel):
    """Facts about the selected patch in the current layer of the shown method."""

    patch_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method: MethodBase | None = None
        self._trace: Trace | None = None
        self._nth = 0
        self._layer = 0
        self._pending: MethodBase | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._give_up)
        self._patch: int | None = None
        self.title = Elided()
        self.title.setFont(theme.ui_font(1.5, bold=True))
        self.place = QLabel()
        self.place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.status = Elided()
        self.facts = FactGrid(_FACT_ROWS)
        self.links_title = Heading()
        self.links = TokenList()
        self.shares_title = Heading()
        self.shares = TokenList()
        self.map = HeatMap()
        self.hint = Muted(_HINT)
        self.empty = Muted(_EMPTY)
        self._lay_out()
        self._connect()
        self._refresh()

    def set_trace(
        self, method: MethodBase | None, trace: Trace | None, nth: int = 0
    ) -> None:
        """Show what `method` did; None for both: nothing to show yet. `nth` is its
        shade among methods of the same name, as for `theme.method_color`.

        A method without a trace is being computed: what is shown stays for a moment,
        so that nothing flickers while a slider is dragged.
        """
        if method is not None and trace is None and self._trace is not None:
            self._pending = method
            if not self._patience.isActive():
                self._patience.start()
            return
        self._patience.stop()
        self._method, self._trace, self._nth = method, trace, nth
        self._refresh()

    def set_layer(self, layer: int) -> None:
        """Show `layer`, counted from 0."""
        if layer != self._layer:
            self._layer = layer
            self._refresh()

    def set_patch(self, patch: int | None) -> None:
        """Show `patch` by its number, or the whole layer with None."""
        if patch != self._patch:
            self._patch = patch
            self._refresh()

    def restyle(self) -> None:
        self._refresh()
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(300, 420)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.place)
        shares = QHBoxLayout()
        shares.setSpacing(14)
        shares.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        shares.addWidget(self.shares, 1)
        shares.addWidget(self.hint, 1, Qt.AlignmentFlag.AlignTop)
        self._body = QWidget()
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addLayout(head)
        inner.addWidget(self.status)
        inner.addSpacing(2)
        inner.addWidget(self.facts)
        inner.addSpacing(6)
        inner.addWidget(self.shares_title)
        inner.addLayout(shares)
        inner.addSpacing(4)
        inner.addWidget(self.links_title)
        inner.addWidget(self.links)
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.addWidget(self.empty)
        outer.addWidget(self._body)
        outer.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content))

    def _connect(self) -> None:
        self.links.token_clicked.connect(self.patch_clicked)
        self.shares.token_clicked.connect(self.patch_clicked)
        self.map.patch_clicked.connect(self.patch_clicked)

    def _give_up(self) -> None:
        self._method, self._trace = self._pending, None
        self._refresh()

    def _refresh(self) -> None:
        trace, patch = self._trace, self._patch
        has_layers = trace is not None and bool(trace.layers)
        self.empty.setText(_EMPTY if self._method is None else _COMPUTING)
        self.empty.setVisible(not has_layers)
        self._body.setVisible(has_layers)
        if trace is None or not has_layers:
            return
        layer = min(max(self._layer, 0), len(trace.layers) - 1)
        selected = patch is not None and 0 <= patch < trace.patches
        for widget in (self.links_title, self.links, self.shares):
            widget.setVisible(selected)
        self.hint.setVisible(not selected)
        if patch is not None and selected:
            self._show_patch(trace, layer, patch_facts(trace, layer, patch))
        else:
            self._show_layer(trace, layer, layer_facts(trace, layer))

    def _accent(self) -> QColor:
        name = self._method.name if self._method else "unpruned"
        return theme.method_color(name, self._nth)

    def _show_layer(self, trace: Trace, layer: int, found: LayerFacts) -> None:
        self.title.setText(f"Layer {layer + 1} of {len(trace.layers)}")
        self.place.setText(self._method.label if self._method else "")
        self.status.setText(found.sentence)
        self.facts.set_facts(layer_lines(found))
        self.shares_title.setText("Content still held, patch by patch")
        self.map.set_values(trace.grid, found.held, self._accent(), side=LARGE)

    def _show_patch(self, trace: Trace, layer: int, found: PatchFacts) -> None:
        row, column = found.place
        self.title.setText(f"Patch {found.patch}")
        self.place.setText(f"row {row + 1}, column {column + 1}")
        self.status.setText(f"{found.mark} {found.fate}")
        self.facts.set_facts(patch_lines(found, layer))
        accent = self._accent()
        self.shares_title.setText(
            "Made of" if found.stays else "Its content is now held by"
        )
        itself = found.patch if found.stays else None
        gone = "nobody: its content is lost"
        self.shares.set_items(found.shares, trace.patches, accent, gone, itself)
        self.map.set_values(trace.grid, found.field, accent, found.patch)
        self._show_links(trace, layer, found, accent)

    def _show_links(
        self, trace: Trace, layer: int, found: PatchFacts, accent: QColor
    ) -> None:
        if found.stays:
            title, empty = "Received in this layer from", "nothing received"
        else:
            gone = layer if found.gone_in is None else found.gone_in
            title, empty = f"Sent in layer {gone + 1} to", "nobody: no link"
        self.links_title.setText(title)
        self.links.set_items(found.links, trace.patches, accent, empty)


def layer_lines(found: LayerFacts) -> list[tuple[str, str]]:
    """The figures of a layer as (label, value)."""
    kept = str(found.kept) + (f" + {found.added} added" if found.added else "")
    lost = max(found.lost, 0.0)
    lines = [
        ("tokens in", str(found.entering)),
        ("kept", kept),
        ("removed", str(found.removed)),
        ("orphans", str(found.orphans)),
        ("links", str(found.links)),
        ("content lost", f"{numbers.percent(lost)} so far"),
    ]
    if found.lost < -0.0005:
        surplus = numbers.percent(-found.lost)
        lines[-1] = ("content", f"{surplus} more than there was")
    return lines


def patch_lines(found: PatchFacts, layer: int) -> list[tuple[str, str]]:
    """The figures of a patch as (label, value)."""
    gone = found.gone_in
    when = f" (layer {gone + 1})" if gone is not None and gone < layer else ""
    rank = (
        "–"
        if found.rank is None
        else f"{numbers.ordinal(found.rank)} lowest of {found.ranked}"
    )
    return [
        (f"score{when}", _figure(found.score)),
        (f"rank{when}", rank),
        (f"class attention{when}", _figure(found.class_attention)),
        ("token scale", _figure(found.scale)),
        ("still held", numbers.percent(found.held)),
        ("leaves", "never" if gone is None else f"in layer {gone + 1}"),
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else numbers.digits(value)
