"""Marks made into paths and painted before, so that a step of the layer is quick."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from PySide6.QtGui import QPixmap

from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.lru import Lru
from gtp_viewer.painting.painter import Prepared

MOST_BYTES = 40_000_000
"""Memory of what one view has painted; the last picture always stays."""
_PATHS = 200_000
"""What the paths of a picture take, about."""


@dataclass(eq=False)
class Picture:
    """The marks of one layer. `painted` is the photo with them, once it was painted.

    `source` keeps alive what the picture is named after.
    """

    marks: Prepared
    source: object = None
    painted: QPixmap | None = None

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        if self.painted is None:
            return _PATHS
        return _PATHS + 4 * self.painted.width() * self.painted.height()


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is to be drawn: marks that `make` makes, if those of `key` are not there.

    `key` names all that the marks depend on, and `source` keeps that alive.
    """

    key: Hashable
    make: Callable[[], Sequence[Mark]]
    look: Look
    source: object = None


class Pictures:
    """The pictures of one view."""

    def __init__(self) -> None:
        self._held: Lru[Hashable, Picture] = Lru(MOST_BYTES, lambda one: one.nbytes)

    def get(self, drawing: Drawing, patch: float) -> Picture:
        """The picture of a drawing; `patch` as for `Prepared.of`."""
        held = self._held.get(drawing.key)
        if held is None:
            marks = Prepared.of(drawing.make(), drawing.look, patch)
            held = Picture(marks, drawing.source)
            self._held.put(drawing.key, held)
        return held

    def has_painted(self, key: Hashable) -> bool:
        """Whether this picture need not be painted any more."""
        held = self._held.get(key)
        return held is not None and held.painted is not None

    def keep(self, key: Hashable, picture: Picture) -> None:
        """The picture has been painted, and takes more memory now."""
        self._held.put(key, picture)

    def forget_painted(self) -> None:
        """Place or size have changed: the paths stay, the paint goes."""
        for key in self._held:
            held = self._held.get(key)
            if held is not None:
                held.painted = None

    def clear(self) -> None:
        """The photo or the patches have changed."""
        self._held.clear()


def scene_key(scene: Scene) -> tuple[Hashable, ...]:
    """Names all that a scene holds. Arrays are named by what they are, not hold."""
    values = (getattr(scene, field.name) for field in fields(scene))
    return tuple(_named(value) for value in values)


def _named(value: Any) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value  # type: ignore[no-any-return]
