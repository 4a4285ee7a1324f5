"""Films: each layer of a trace as a miniature with its figures, made little by little.

Making all of them takes longer than one step of the window may take. So a film is made
in short slices, and those that were made last are remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmap, QTransform

from gtp_core.drawing import overlays
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Cells, Tiles
from gtp_core.drawing.overlays.contract import Overlay, Scene
from gtp_core.lru import Lru
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.layer_facts import layer_facts
from gtp_core.records.trace import Trace
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.painting.painter import Prepared

SLICE = 0.008
"""Seconds for which films are made at a stretch."""
MOST_FILMS = 24
LEAST_PATCH = 6.0
"""Strokes are left out where a patch has fewer pixels: they would hide the photo."""


@dataclass(frozen=True)
class FilmKey:
    """All that a film depends on. `values` are the chosen options of the grid.

    `size` is (width, height) of a miniature in pixels of the device. A trace names the
    photo, too: it is of one input.
    """

    trace: Trace
    look: Look
    geometry: CropGeometry
    values: tuple[tuple[str, str], ...]
    is_dark: bool
    size: tuple[int, int]
    ratio: float


@dataclass(frozen=True)
class Figures:
    """One layer in numbers: image tokens `left` after it, `added` ones among them.

    `lost` is the share of all content that is gone; None where no layer removes any.
    """

    left: int
    added: int
    lost: float | None

    @property
    def lost_text(self) -> str:
        """The share in percent; empty where there is none.

        Where there is more than there was, how many times as much.
        """
        if self.lost is None:
            return ""
        surplus = round(-100 * self.lost)
        return f"×{1 + surplus / 100:.2f}" if surplus > 0 else percent(self.lost)

    def sentence(self, layer: int, depth: int) -> str:
        """The figures of `layer` (from 0) in words."""
        text = f"Layer {layer + 1} of {depth}: {self.left:,} tokens left"
        if self.added:
            text += f", {self.added} of them added by the method"
        if self.lost is None:
            return f"{text}."
        if round(100 * self.lost) < 0:
            return f"{text}; they hold {percent(-self.lost)} more than there was."
        return f"{text}; {percent(self.lost)} of the content lost."


def percent(share: float) -> str:
    """A share in whole percent, with a true minus sign."""
    number = round(100 * share)
    return f"{'−' if number < 0 else ''}{abs(number)} %"


class Film:
    """What is known of a trace's layers so far.

    `figures` is empty until those of all layers are known. `pictures` holds the
    miniatures that are ready, by layer.
    """

    def __init__(self, key: FilmKey, scene: Scene) -> None:
        self.key = key
        self._scene = replace(scene, selected=None, attention=None)
        self.figures: tuple[Figures, ...] = ()
        self.pictures: dict[int, QPixmap] = {}
        self._base: QPixmap | None = None

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return len(self.key.trace.layers)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to make."""
        return bool(self.figures) and len(self.pictures) == self.depth

    def make_picture(self, layer: int, photo: PaintedPhoto) -> None:
        """Paint the miniature of a layer."""
        key, scene = self.key, replace(self._scene, layer=layer)
        across = key.size[0] / key.ratio / key.geometry.grid[1]
        marks = _grid().marks(scene, dict(key.values))
        if across < LEAST_PATCH:
            marks = [mark for mark in marks if isinstance(mark, Cells | Tiles)]
        if self._base is None:
            self._base = self._painted_photo(scene, photo)
        picture = QPixmap(self._base)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self._to_picture(scene))
        Prepared.of(marks, key.look, scene.patch).paint(painter, across)
        painter.end()
        self.pictures[layer] = picture

    def _painted_photo(self, scene: Scene, photo: PaintedPhoto) -> QPixmap:
        """What the network sees of the photo."""
        pixmap = QPixmap(*self.key.size)
        pixmap.setDevicePixelRatio(self.key.ratio)
        pixmap.fill(Qt.GlobalColor.black)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        transform = self._to_picture(scene)
        painter.setTransform(transform)
        level = photo.level(transform.m11() * self.key.ratio)
        painter.drawImage(photo.rect, level)
        painter.end()
        return pixmap

    def _to_picture(self, scene: Scene) -> QTransform:
        """Maps photo pixels to a miniature."""
        area = QRectF(*scene.grid_rect)
        width, height = (side / self.key.ratio for side in self.key.size)
        transform = QTransform.fromScale(width / area.width(), height / area.height())
        return transform.translate(-area.x(), -area.y())


def _grid() -> Overlay:
    """The overlay that miniatures show: the same as in the pane."""
    return next(overlay for overlay in overlays.load() if overlay.name == "grid")


def plain_values(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The options of the grid for a miniature: lines would cover it."""
    plain = {"lines": "none"} if "lines" in values else {}
    return tuple(sorted((values | plain).items()))


def _figures(trace: Trace) -> tuple[Figures, ...]:
    """The figures of all layers."""
    removes = any(len(step.removed) for step in trace.layers)
    found = []
    for number, step in enumerate(trace.layers):
        facts = layer_facts(trace, number)
        added = int((step.after >= trace.patches).sum())
        found.append(Figures(facts.left, added, facts.lost if removes else None))
    return tuple(found)


class FilmMaker(QObject):
    """Makes films for all strips of a window, in turn."""

    made = Signal(object, int)
    """film, layer of the new miniature; -1: the figures of all layers"""

    def __init__(
        self,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._films: Lru[FilmKey, Film] = Lru(MOST_FILMS)
        self._queue: dict[FilmKey, tuple[Film, PaintedPhoto, int]] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)

    @property
    def is_idle(self) -> bool:
        """Whether all films that were asked for are made."""
        return not self._timer.isActive()

    def film(self, key: FilmKey, scene: Scene, photo: PaintedPhoto, first: int) -> Film:
        """The film of `key`; what it lacks is made soon, from layer `first` outwards.

        `scene` is any layer of the trace, and `photo` what it is of.
        """
        film = self._films.compute(key, lambda: Film(key, scene))
        if not film.is_complete:
            self._queue[key] = (film, photo, first)
            self._timer.start()
        return film

    def drop(self, key: FilmKey) -> None:
        """Nobody waits for this film any more; what is made of it stays."""
        self._queue.pop(key, None)

    def _work(self) -> None:
        end = self._clock() + SLICE
        while self._queue:
            self._step()
            if self._clock() >= end:
                return
        self._timer.stop()

    def _step(self) -> None:
        """One miniature, or the figures, of the film that has waited longest."""
        key = next(iter(self._queue))
        film, photo, first = self._queue.pop(key)
        layer = -1
        if not film.figures:
            film.figures = _figures(key.trace)
        else:
            open_ = [n for n in range(film.depth) if n not in film.pictures]
            layer = min(open_, key=lambda n: abs(n - first))
            film.make_picture(layer, photo)
        if not film.is_complete:
            self._queue[key] = (film, photo, first)
        self.made.emit(film, layer)
