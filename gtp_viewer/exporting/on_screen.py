"""What is on screen as plain data, which a thread can draw in its own time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QRectF, QSizeF

from gtp_core.document.entry_view import DifferenceView, EntryView
from gtp_core.document.view import View
from gtp_core.drawing import overlays
from gtp_core.drawing.caption import origin
from gtp_core.drawing.difference import why_not
from gtp_core.drawing.difference_shot import DifferenceShot, NamedLook
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.panel import DETAIL, LARGEST
from gtp_core.drawing.picture import Area, Picture
from gtp_core.drawing.shots import PaneShot, Shot, Shown
from gtp_core.records.trace import Trace
from gtp_core.records.trace_tables import Named
from gtp_viewer.canvas.canvas import Canvas
from gtp_viewer.canvas.pane import scene_of
from gtp_viewer.canvas.view import PhotoView

MOST_ACROSS = DETAIL * LARGEST[0]
"""Pixels of the part that is seen; more are not drawn."""
NOTHING = "There is no result to export yet; wait until the panes are drawn."


@dataclass(frozen=True)
class Source:
    """What a method is, in full, and the network it runs on."""

    label: str
    words: str
    network: str


@dataclass(frozen=True, eq=False)
class OnScreen:
    """The panes of a window at one moment.

    `panes` are those of methods, `differences` those of two, `active` the one whose
    settings are shown, if there is something in it. `sources` say what each method is
    and which network it runs on.
    """

    photo: str
    layer: int
    depth: int
    panes: tuple[PaneShot, ...]
    differences: tuple[DifferenceShot, ...]
    active: PaneShot | None
    sources: tuple[Source, ...]

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All panes."""
        return (*self.panes, *self.differences)

    @property
    def title(self) -> str:
        """Photo and layer, for a figure of one layer."""
        return f"{self.photo} · layer {self.layer + 1} of {self.depth}"

    def notes(self, shots: Sequence[Shot]) -> tuple[str, ...]:
        """Lines for the caption of a figure of `shots`: two for each network."""
        names = {name for shot in shots for name in _names(shot)}
        networks: dict[str, list[str]] = {}
        for source in self.sources:
            if source.label in names:
                networks.setdefault(source.network, []).append(source.words)
        lines = [(" · ".join(words), network) for network, words in networks.items()]
        return tuple(line for both in lines for line in both)

    def name(self, what: str) -> str:
        """A name for a file, without a suffix."""
        text = f"{PurePath(self.photo).stem} {what}"
        return re.sub(r"[^\w=-]+", "-", text).strip("-")

    def named(self) -> list[Named]:
        """The traces with the names of photo and method, for tables."""
        return [(self.photo, one.heading, one.scene.trace) for one in self.panes]


def on_screen(view: View, canvas: Canvas) -> OnScreen | None:
    """What the canvas shows of `view`; None while there is no result."""
    picture = _picture(view, canvas)
    if picture is None or view.photo is None:
        return None
    shown = shown_overlays(view)
    panes: dict[int, PaneShot] = {}
    for entry, pane in zip(view.panes, canvas.panes, strict=False):
        scene = None if entry.outcome is None else scene_of(entry, view)
        if scene is not None:
            seen = _seen(canvas, pane.view, picture, scene)
            label = entry.tag.label
            panes[entry.entry.id] = PaneShot(label, picture, scene, shown, seen)
    differences = tuple(_differences(view, canvas, picture))
    if not panes and not differences:
        return None
    return OnScreen(
        view.photo.name,
        view.layer,
        view.depth or 1,
        tuple(panes.values()),
        differences,
        panes.get(view.active.entry.id) or next(iter(panes.values()), None),
        tuple(_sources(view)),
    )


def shown_overlays(view: View) -> Shown:
    """The visible overlays with the values of their options."""
    return {
        overlay.name: view.options(overlay)
        for overlay in overlays.load()
        if view.document.overlay(overlay.name).is_visible
    }


def active_trace(view: View) -> tuple[EntryView, Trace] | None:
    """The active entry and its trace; None while it is not known."""
    trace = view.active.trace
    return None if trace is None else (view.active, trace)


def _picture(view: View, canvas: Canvas) -> Picture | None:
    """The photo as it is painted, in a size that is enough, without a copy of it."""
    if view.prepared is None or view.prepared.painted is None:
        return None
    painted, rect = view.prepared.painted, view.prepared.painted.rect
    views = [pane.view for pane in canvas.panes]
    views += [pane.view for pane in canvas.difference_panes]
    seen = [_shown_rect(canvas, shown).width() for shown in views]
    level = painted.level(MOST_ACROSS / max(min([*seen, rect.width()]), 1.0))
    place = next(n for n, one in enumerate(painted.levels) if one is level)
    buffer = painted.buffers[place]
    # Blue, green, red and 255 become red, green and blue.
    return Picture(buffer[..., 2::-1], (rect.width(), rect.height()))


def _seen(canvas: Canvas, shown: PhotoView, picture: Picture, scene: Scene) -> Area:
    """The part of the photo and the model's crop that a view shows."""
    seen = _shown_rect(canvas, shown)
    x, y, width, height = scene.geometry.crop
    left, top = min(0.0, x), min(0.0, y)
    right = max(picture.size[0], x + width)
    bottom = max(picture.size[1], y + height)
    area = (
        max(seen.left(), left),
        max(seen.top(), top),
        min(seen.right(), right),
        min(seen.bottom(), bottom),
    )
    is_empty = area[0] >= area[2] or area[1] >= area[3]
    return (left, top, right, bottom) if is_empty else area


def _shown_rect(canvas: Canvas, shown: PhotoView) -> QRectF:
    """What was fitted, without the margin around it, or what a user zoomed to."""
    return canvas.viewport.fitted or canvas.viewport.seen(QSizeF(shown.size()))


def _differences(view: View, canvas: Canvas, picture: Picture) -> list[DifferenceShot]:
    found = []
    pairs = zip(view.differences, canvas.difference_panes, strict=False)
    for pair, pane in pairs:
        scenes = _both(pair, view)
        if scenes is not None:
            first, second = scenes
            seen = _seen(canvas, pane.view, picture, first)
            a, b = (NamedLook(one.tag.label, one.tag.look) for one in (pair.a, pair.b))
            shot = DifferenceShot(picture, first, second, (a, b), view.layer, seen)
            found.append(shot)
    return found


def _both(pair: DifferenceView, view: View) -> tuple[Scene, Scene] | None:
    """The scenes of two entries; None where they cannot be compared."""
    if pair.a.outcome is None or pair.b.outcome is None:
        return None
    first, second = scene_of(pair.a, view), scene_of(pair.b, view)
    if first is None or second is None:
        return None
    return None if why_not(first.geometry, second.geometry) else (first, second)


def _names(shot: Shot) -> tuple[str, ...]:
    """The methods in a shot."""
    if isinstance(shot, DifferenceShot):
        return tuple(tag.label for tag in shot.tags)
    return (shot.heading,)


def _sources(view: View) -> list[Source]:
    """One for each method that has a pane or a part in one."""
    entries: Sequence[EntryView] = [
        *view.panes,
        *(entry for pair in view.differences for entry in (pair.a, pair.b)),
    ]
    found = {
        Source(e.tag.label, f"{e.tag.label} is {e.entry.method}", origin(e.info)): None
        for e in entries
        if e.info is not None
    }
    return list(found)
