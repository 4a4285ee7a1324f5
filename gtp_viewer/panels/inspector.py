"""What became of one patch; without a selection, what the layer did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gtp_core.drawing.looks import Look
from gtp_core.drawing.tags import MethodTag
from gtp_core.records.layer_facts import LayerFacts, layer_facts
from gtp_core.records.patch_facts import PatchFacts, patch_facts
from gtp_core.records.trace import Trace
from gtp_viewer import looks, theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels import numbers
from gtp_viewer.panels.heat_map import LARGE, HeatMap
from gtp_viewer.panels.token_list import TokenList
from gtp_viewer.panels.widgets import (
    CHIP,
    DIMMED,
    MARGIN,
    Heading,
    Muted,
    Panel,
    Scroll,
    paint_chip,
)

_HINT = "Click a patch in the photo to follow it."
_FACT_ROWS = 5
_STATUS_LINES = 2


class FactGrid(QWidget):
    """Labels on the left, values on the right, always the same number of rows."""

    def __init__(self, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, ElidedLabel]] = []
        for row in range(rows):
            label, value = QLabel(), ElidedLabel()
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


class TagLabel(QWidget):
    """A method's sample line and its name."""

    def __init__(self) -> None:
        super().__init__()
        self._look = Look("#888888")
        self.label = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(CHIP + 7, 0, 0, 0)
        layout.addWidget(self.label)

    def show_tag(self, tag: MethodTag) -> None:
        """Show the method of `tag`."""
        self._look = tag.look
        self.label.setText(tag.label)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, 0, self.height() / 2, self._look)
        painter.end()


class InspectorPanel(Panel):
    """Facts about the selected patch in the current layer of the shown method."""

    patch_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag: MethodTag | None = None
        self._trace: Trace | None = None
        self._layer = 0
        self._patch: int | None = None
        self.method = TagLabel()
        self.note = QLabel()
        self.title = ElidedLabel()
        self.title.setFont(theme.ui_font(1.5, bold=True))
        self.place = QLabel()
        for quiet in (self.note, self.place):
            quiet.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        lines = _STATUS_LINES * self.status.fontMetrics().lineSpacing()
        self.status.setMinimumHeight(lines)
        self.facts = FactGrid(_FACT_ROWS)
        self.links_title = Heading()
        self.links = TokenList()
        self.shares_title = Heading()
        self.shares = TokenList()
        self.map = HeatMap()
        self.hint = Muted(_HINT)
        self.empty = Muted()
        self._lay_out()
        for part in (self.links, self.shares):
            part.token_clicked.connect(self.patch_clicked)
        self.map.patch_clicked.connect(self.patch_clicked)
        self._refresh()

    def show_trace(self, tag: MethodTag, trace: Trace, note: str = "") -> None:
        """Show what a method did. With a `note`, such as "computing …", the trace is
        out of date and dimmed."""
        self._tag, self._trace = tag, trace
        self.note.setText(note)
        self._fade.setEnabled(bool(note))
        self._refresh()

    def clear(self, why: str) -> None:
        """Show nothing, and say why or what to do."""
        self._tag, self._trace = None, None
        self.empty.setText(why)
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
        return QSize(300, 440)

    def _lay_out(self) -> None:
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.method, 1)
        head.addWidget(self.note)
        self._body = QWidget()
        self._fade = QGraphicsOpacityEffect(self._body)
        self._fade.setOpacity(DIMMED)
        self._fade.setEnabled(False)
        self._body.setGraphicsEffect(self._fade)
        self._fill_body(QVBoxLayout(self._body))
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.setSpacing(6)
        outer.addWidget(self.empty)
        outer.addWidget(self._head)
        outer.addWidget(self._body)
        outer.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content, "Inspector"))

    def _fill_body(self, inner: QVBoxLayout) -> None:
        title = QHBoxLayout()
        title.addWidget(self.title, 1)
        title.addWidget(self.place)
        shares = QHBoxLayout()
        shares.setSpacing(14)
        shares.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        shares.addWidget(self.shares, 1)
        shares.addWidget(self.hint, 1, Qt.AlignmentFlag.AlignTop)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addLayout(title)
        inner.addWidget(self.status)
        inner.addSpacing(2)
        inner.addWidget(self.facts)
        inner.addSpacing(6)
        inner.addWidget(self.shares_title)
        inner.addLayout(shares)
        inner.addSpacing(4)
        inner.addWidget(self.links_title)
        inner.addWidget(self.links)

    def _refresh(self) -> None:
        tag, trace, patch = self._tag, self._trace, self._patch
        is_there = trace is not None and bool(trace.layers)
        self.empty.setVisible(not is_there)
        self._head.setVisible(is_there)
        self._body.setVisible(is_there)
        if tag is None or trace is None or not is_there:
            return
        self.method.show_tag(tag)
        layer = min(max(self._layer, 0), len(trace.layers) - 1)
        is_selected = patch is not None and 0 <= patch < trace.patches
        for widget in (self.links_title, self.links, self.shares):
            widget.setVisible(is_selected)
        self.hint.setVisible(not is_selected)
        if patch is not None and is_selected:
            self._show_patch(trace, tag.look, patch_facts(trace, layer, patch))
        else:
            self._show_layer(trace, tag.look, layer, layer_facts(trace, layer))

    def _show_layer(
        self, trace: Trace, look: Look, layer: int, found: LayerFacts
    ) -> None:
        self.title.setText(f"Layer {layer + 1} of {len(trace.layers)}")
        self.place.setText("")
        self.status.setText(found.sentence)
        self.facts.set_facts(layer_lines(found))
        self.shares_title.setText("Content still held, patch by patch")
        self.map.set_values(trace.grid, found.held, looks.color(look), side=LARGE)

    def _show_patch(self, trace: Trace, look: Look, found: PatchFacts) -> None:
        row, column = found.place
        self.title.setText(f"Patch {found.patch}")
        self.place.setText(f"row {row + 1}, column {column + 1}")
        self.status.setText(f"{found.mark} {found.fate}")
        self.facts.set_facts(patch_lines(found))
        self.shares_title.setText(
            "Made of" if found.stays else "Its content is now held by"
        )
        itself = found.patch if found.stays else None
        gone = "nobody: its content is lost"
        self.shares.set_items(found.shares, trace.patches, look, gone, itself)
        accent = looks.color(look)
        self.map.set_values(trace.grid, found.field, accent, found.patch)
        self._show_links(trace, look, found)

    def _show_links(self, trace: Trace, look: Look, found: PatchFacts) -> None:
        if found.stays or found.gone_in is None:
            title, empty = "Received in this layer from", "nothing received"
        else:
            title, empty = f"Sent in layer {found.gone_in + 1} to", "nobody: no link"
        self.links_title.setText(title)
        self.links.set_items(found.links, trace.patches, look, empty)


def layer_lines(found: LayerFacts) -> list[tuple[str, str]]:
    """The figures of a layer as (label, value)."""
    kept = str(found.kept) + (f" + {found.added} added" if found.added else "")
    lost = max(found.lost, 0.0)
    lines = [
        ("tokens", f"{found.entering} → {kept}"),
        ("removed", str(found.removed)),
        ("orphans", str(found.orphans)),
        ("links", str(found.links)),
        ("content lost", f"{numbers.percent(lost)} so far"),
    ]
    if found.lost < -0.0005:
        surplus = numbers.percent(-found.lost)
        lines[-1] = ("content", f"{surplus} more than there was")
    return lines


def patch_lines(found: PatchFacts) -> list[tuple[str, str]]:
    """The figures of a patch as (label, value)."""
    gone = found.gone_in
    when = f" (layer {gone + 1})" if gone is not None and gone < found.layer else ""
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
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else numbers.digits(value)
