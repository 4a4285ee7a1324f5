"""The pane of a difference: which patches two entries keep, and which one alone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gtp_core.document.entry_view import DifferenceView, EntryView
from gtp_core.document.view import View
from gtp_core.drawing.difference import (
    Kept,
    difference_legend,
    difference_marks,
    why_not,
)
from gtp_core.photos.geometry import CropGeometry
from gtp_viewer import theme
from gtp_viewer.canvas.counts import CountStrip
from gtp_viewer.canvas.header import header_height
from gtp_viewer.canvas.pictures import Drawing
from gtp_viewer.canvas.view import NOTHING, PhotoPoint, PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.elided import ElidedLabel


class DifferencePane(QWidget):
    """`show_difference` fills it from a view."""

    menu_wanted = Signal(QPoint)
    """The context menu is asked for at this place of the screen."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PhotoView(viewport, self)
        self.view.setAccessibleName("Difference on the photo")
        self._shown: DifferenceView | None = None
        self._kept: Kept | None = None
        self._rest = ""
        self._build()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self._bar = QWidget(self)
        self._bar.setFixedHeight(3)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.words = ElidedLabel(self), ElidedLabel(self)
        self.words.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        # As wide as its text if it can be, and never wider.
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.problem = QLabel(self.view)
        self.problem.setWordWrap(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.problem.setAutoFillBackground(True)
        self.problem.hide()
        self.counts = CountStrip(self)
        self._header = QWidget(self)
        header = QHBoxLayout(self._header)
        header.setContentsMargins(10, 6, 10, 6)
        header.setSpacing(8)
        header.addWidget(self.title)
        header.addWidget(self.words, 1)
        over = QVBoxLayout(self.view)
        over.setContentsMargins(16, 16, 16, 16)
        over.addStretch(1)
        over.addWidget(self.problem)
        over.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._header)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.counts)

    # -- what is shown --------------------------------------------------------

    @property
    def kept(self) -> Kept | None:
        """What is drawn; None while there is nothing to compare."""
        return self._kept

    def show_difference(self, shown: DifferenceView, view: View) -> None:
        """Compare the two entries on the photo of `view`."""
        self._shown = shown
        a, b = shown.a, shown.b
        self.title.setText(f"{a.tag.label} vs {b.tag.label}")
        prepared = view.prepared
        painted = None if prepared is None else prepared.painted
        self.view.set_photo(painted, a.geometry)
        self.view.set_selected(a.patch)
        self.view.set_faded(a.outcome is None or b.outcome is None)
        sentence = _problem(a, b)
        self._kept = None if sentence is not None else _kept(a, b)
        self.problem.setText(sentence or "")
        self.problem.setVisible(sentence is not None)
        self._draw(a, b)
        self.point_at(None)

    def _draw(self, a: EntryView, b: EntryView) -> None:
        kept, geometry = self._kept, a.geometry
        if kept is None or geometry is None:
            self.view.draw(NOTHING)
            self.counts.set_entries(())
            self._rest = "" if self.problem.text() else "computing …"
            return
        self.view.draw(_drawing(kept, a, b, geometry))
        self.counts.set_entries(difference_legend(kept, a.tag, b.tag))
        self._rest = f"after layer {a.layer + 1}"

    def prepare(self, step: int) -> bool:
        """As `Pane.prepare`."""
        shown = self._shown
        if shown is None or self._kept is None or shown.a.geometry is None:
            return False
        a, b = (_moved(entry, step) for entry in (shown.a, shown.b))
        kept = None if a is None or b is None else _kept(a, b)
        if a is None or b is None or kept is None:
            return False
        return self.view.prepare(_drawing(kept, a, b, shown.a.geometry))

    def point_at(self, point: PhotoPoint | None) -> None:
        """Say who keeps the patch at a point; None: nothing is pointed at."""
        patch = None if point is None else self.view.patch_under(point)
        self.view.set_hovered(patch)
        patch = self.view.selected if patch is None else patch
        shown, kept = self._shown, self._kept
        if patch is None or shown is None or kept is None:
            self.words.setText(self._rest)
            return
        fate = kept.fate(patch, shown.a.tag.label, shown.b.tag.label)
        self.words.setText(fate)

    # -- look -----------------------------------------------------------------

    def _restyle(self) -> None:
        colors = theme.colors()
        self._bar.setStyleSheet(f"background: {colors.border};")
        self._header.setFixedHeight(header_height())
        self.title.setFont(theme.ui_font(0.5, bold=True))
        self.words.setStyleSheet(f"color: {colors.muted};")
        self.words.setFont(theme.ui_font(-0.8))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())


def _problem(a: EntryView, b: EntryView) -> str | None:
    """Why there is nothing to compare, and will not be without a change."""
    for entry in (a, b):
        if entry.problem is not None:
            return f"{entry.tag.label} has no result: {entry.problem}"
    if a.geometry is None or b.geometry is None:
        return None
    return why_not(a.geometry, b.geometry)


def _moved(entry: EntryView, step: int) -> EntryView | None:
    """The entry some layers on; None where there are no more."""
    depth = 0 if entry.info is None else entry.info.depth
    layer = entry.layer + step
    return replace(entry, layer=layer) if 0 <= layer < depth else None


def _drawing(kept: Kept, a: EntryView, b: EntryView, geometry: CropGeometry) -> Drawing:
    looks = a.tag.look, b.tag.look
    key = (a.seen, a.layer, b.seen, b.layer, geometry, looks)
    return Drawing(
        key, lambda: difference_marks(kept, geometry, *looks), looks[0], (a, b)
    )


def _kept(a: EntryView, b: EntryView) -> Kept | None:
    """None while one of the two is being computed for the first time."""
    ours = None if a.seen is None else a.seen.trace
    theirs = None if b.seen is None else b.seen.trace
    if ours is None or theirs is None or a.geometry is None or b.geometry is None:
        return None
    layers = (
        min(entry.layer, len(trace.layers) - 1)
        for entry, trace in ((a, ours), (b, theirs))
    )
    first, second = layers
    return Kept.of(ours, first, theirs, second)
