"""What became of one patch; without a selection, what the layer did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gtp_core.drawing.looks import Look
from gtp_core.drawing.tags import MethodTag
from gtp_core.records.layer_facts import LayerFacts, layer_facts
from gtp_core.records.neighbours import KINDS
from gtp_core.records.patch_facts import BY_CONSTRUCTION, PatchFacts, patch_facts
from gtp_core.records.trace import Trace
from gtp_core.records.words import percent
from gtp_viewer import looks, theme
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels import numbers
from gtp_viewer.panels.fact_grid import FactGrid, TagLabel
from gtp_viewer.panels.heat_map import LARGE, HeatMap
from gtp_viewer.panels.token_list import TokenList
from gtp_viewer.panels.whereabouts import WhereaboutsList
from gtp_viewer.panels.widgets import DIMMED, MARGIN, Heading, Muted, Panel, Scroll
from gtp_viewer.story import Whereabouts

_HINT = "Click a patch in the photo to follow it."
_STATUS_LINES = 2
_UNKNOWN = "–"
_MAP = 88
"""Longer side of the map of a patch, in pixels: the bars beside it need room."""


class InspectorPanel(Panel):
    """Facts about the selected patch in the current layer of the shown method."""

    patch_clicked = Signal(int)
    entry_clicked = Signal(int)
    copy_wanted = Signal()

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
        self.facts = FactGrid()
        self.where_title = Heading("Where its content is now")
        self.where = WhereaboutsList()
        self.by_construction = Muted()
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
        self.where.entry_clicked.connect(self.entry_clicked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Inspector")
        self._offer_copy()
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

    def show_whereabouts(self, rows: Sequence[Whereabouts], story: str) -> None:
        """Say where every pane has the content; `story` says all in words."""
        self.where.set_rows(rows)
        self.setAccessibleDescription(story)

    def restyle(self) -> None:
        self._refresh()
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(300, 440)

    def event(self, event: QEvent) -> bool:
        # Ctrl+C is the panel's own as long as it has the keys.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and _copies(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _copies(event):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _offer_copy(self) -> None:
        """The context menu."""
        copy = QAction("Copy the story of the patch", self)
        copy.triggered.connect(self.copy_wanted)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

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
        inner.addWidget(self.where_title)
        inner.addWidget(self.where)
        inner.addWidget(self.by_construction)
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
        of_patch = (self.where_title, self.where, self.links_title, self.links)
        for widget in (*of_patch, self.shares):
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
        self._say_by_construction("")
        self.shares_title.setText("Content still held, patch by patch")
        self.map.set_values(trace.grid, found.held, looks.color(look), side=LARGE)

    def _show_patch(self, trace: Trace, look: Look, found: PatchFacts) -> None:
        row, column = found.place
        self.title.setText(f"Patch {found.patch}")
        self.place.setText(f"row {row + 1}, column {column + 1}")
        self.status.setText(f"{found.mark} {found.fate}")
        self.facts.set_facts(patch_lines(trace, found))
        self._say_by_construction(BY_CONSTRUCTION if trace.averages else "")
        self.shares_title.setText("Made of" if found.stays else "Content held by")
        itself = found.patch if found.stays else None
        gone = "nobody: its content is lost"
        self.shares.set_items(found.shares, trace.patches, look, gone, itself)
        accent = looks.color(look)
        self.map.set_values(trace.grid, found.field, accent, found.patch, _MAP)
        self._show_links(trace, look, found)

    def _say_by_construction(self, words: str) -> None:
        self.by_construction.setText(words)
        self.by_construction.setVisible(bool(words))

    def _show_links(self, trace: Trace, look: Look, found: PatchFacts) -> None:
        if found.stays or found.gone_in is None:
            title, empty = "Receives in this layer from", "receives nothing"
        else:
            title, empty = f"Hands on in layer {found.gone_in + 1} to", "nobody: lost"
        self.links_title.setText(title)
        self.links.set_items(found.links, trace.patches, look, empty)


def _copies(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)


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


def patch_lines(trace: Trace, found: PatchFacts) -> list[tuple[str, str]]:
    """The figures of a patch as (label, value); for one trace always as many."""
    gone = found.gone_in
    when = f" (layer {gone + 1})" if gone is not None and gone < found.layer else ""
    lines = [*_ranking(trace, found, when)]
    if any(step.class_attention is not None for step in trace.layers):
        lines.append((f"class attention{when}", _figure(found.class_attention)))
    lines.append(("token scale", _figure(found.scale)))
    if found.around is not None:
        around, kinds = found.around, found.around.counts()
        counts = " / ".join(str(kinds.get(name, 0)) for name in KINDS.values())
        lines.append(("graph edges", f"{len(around)}, {found.near} still to tokens"))
        lines.append((f"   {' / '.join(KINDS.values())}", counts))
    lines.append(("still held", percent(found.held)))
    return lines


def _ranking(trace: Trace, found: PatchFacts, when: str) -> Iterator[tuple[str, str]]:
    """Score, factors, rank and margin, where the method ranks at all."""
    if all(step.scores is None for step in trace.layers):
        return
    yield f"score{when}", _figure(found.score)
    names = next((step.factors for step in trace.layers if step.factors), ())
    values = dict(found.factors)
    for factor in names:
        yield f"   × {factor.name}", _figure(values.get(factor.name))
    yield f"rank{when}", found.rank_words
    yield f"cut{when}", found.margin_words


def _figure(value: float | None) -> str:
    return _UNKNOWN if value is None else numbers.digits(value)
