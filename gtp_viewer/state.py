"""What the window shows, apart from how it shows it.

One `ViewerState` holds the images, the model, the methods, the outcomes, the layer,
the selected patch and the visible overlays. Widgets read it and call its methods;
each change is told by one signal. It knows no widget.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QUndoCommand, QUndoStack

from gtp_core.engine.messages import LoadModel, ModelInfo, Outcome
from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.trace import LayerTrace

REMEMBERED_OUTCOMES = 256
"""Traces are small, but a folder of photos is not: the oldest are forgotten."""


@dataclass(frozen=True, eq=False)
class ImageItem:
    """One image of the session: being read, ready, or refused with a `problem`."""

    uid: int
    name: str
    path: Path | None = None
    key: str | None = None
    """Names the content; None until it has been read."""
    thumbnail: QImage | None = None
    note: str | None = None
    """What had to be changed to show it."""
    problem: str | None = None

    @property
    def status(self) -> str:
        """ "loading", "ready" or "bad"."""
        if self.problem is not None:
            return "bad"
        return "loading" if self.key is None else "ready"


@dataclass(frozen=True)
class MethodSlot:
    """A method that is compared; `shown` gives it a pane of the canvas."""

    method: MethodBase
    shown: bool = True


DEFAULT_METHODS = (
    MethodSlot(Unpruned(), shown=False),
    MethodSlot(GTP(propagated=8)),
    MethodSlot(ToMe(merged=8)),
)


class _SetMethods(QUndoCommand):
    """Replaces the methods; a run of changes with one `merge_key` undoes as one."""

    def __init__(
        self,
        state: ViewerState,
        after: tuple[MethodSlot, ...],
        text: str,
        merge_key: str,
    ) -> None:
        super().__init__(text)
        self._state = state
        self._before = state.slots
        self._after = after
        self._merge_key = merge_key

    def id(self) -> int:
        return 1 if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _SetMethods) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._state._apply_slots(self._after)

    def undo(self) -> None:
        self._state._apply_slots(self._before)


class ViewerState(QObject):
    """See the module. Layers count from 0 here, and from 1 on screen."""

    images_changed = Signal()
    image_changed = Signal()
    model_changed = Signal()
    methods_changed = Signal()
    active_changed = Signal()
    outcomes_changed = Signal()
    layer_changed = Signal()
    patch_changed = Signal()
    overlays_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.request = LoadModel("demo")
        self.images: tuple[ImageItem, ...] = ()
        self.slots: tuple[MethodSlot, ...] = DEFAULT_METHODS
        self.model: ModelInfo | None = None
        self.visible_overlays: frozenset[str] = frozenset()
        self._current: int | None = None
        self._active = 1
        self._layer = 0
        self._patch: int | None = None
        self._outcomes: OrderedDict[tuple[str, MethodBase], Outcome] = OrderedDict()
        self._next_uid = 0

    # -- images ---------------------------------------------------------------

    @property
    def image(self) -> ImageItem | None:
        """The image that is shown."""
        index = self.image_index
        return None if index is None else self.images[index]

    @property
    def image_index(self) -> int | None:
        """Where the shown image stands in `images`."""
        for index, item in enumerate(self.images):
            if item.uid == self._current:
                return index
        return None

    def add_image(self, name: str, path: Path | None = None) -> int:
        """A new image that is still being read; returns its uid."""
        uid = self._next_uid
        self._next_uid += 1
        self.images = (*self.images, ImageItem(uid, name, path))
        self.images_changed.emit()
        return uid

    def image_ready(
        self, uid: int, key: str, thumbnail: QImage, note: str | None
    ) -> None:
        """The image `uid` has been read; the first one is shown at once."""
        if self._replace(uid, key=key, thumbnail=thumbnail, note=note):
            if self.image is None:
                self.select_image(uid)
            elif self._current == uid:
                self.image_changed.emit()

    def image_failed(self, uid: int, problem: str) -> None:
        """The image `uid` cannot be used, for the reason `problem`."""
        self._replace(uid, problem=problem)

    def _replace(self, uid: int, **changes: Any) -> bool:
        if all(item.uid != uid for item in self.images):
            return False  # removed while it was being read
        self.images = tuple(
            dataclasses.replace(item, **changes) if item.uid == uid else item
            for item in self.images
        )
        self.images_changed.emit()
        return True

    def remove_image(self, uid: int) -> None:
        """Take an image out of the session; its neighbour is shown instead."""
        position = next((i for i, x in enumerate(self.images) if x.uid == uid), None)
        if position is None:
            return
        self.images = tuple(item for item in self.images if item.uid != uid)
        self.images_changed.emit()
        if self._current == uid:
            usable = [x.uid for x in self.images[position:] if x.status == "ready"]
            usable += [x.uid for x in self.images[::-1] if x.status == "ready"]
            self.select_image(usable[0] if usable else None)

    def select_image(self, uid: int | None) -> None:
        """Show the image `uid`, or none."""
        if uid == self._current:
            return
        self._current = uid
        self._patch = None
        self.image_changed.emit()
        self.patch_changed.emit()

    def step_image(self, step: int) -> None:
        """Show the next (1) or previous (-1) image that can be shown."""
        usable = [item.uid for item in self.images if item.status == "ready"]
        if not usable:
            return
        if self._current not in usable:
            self.select_image(usable[0])
            return
        at = usable.index(self._current) + step
        self.select_image(usable[min(max(at, 0), len(usable) - 1)])

    # -- model ----------------------------------------------------------------

    def set_model(self, info: ModelInfo | None) -> None:
        """The engine has loaded this model (None: none is ready)."""
        self.model = info
        if info is not None:
            self._outcomes.clear()
            self._patch = None
        self.model_changed.emit()
        self.outcomes_changed.emit()
        self.layer_changed.emit()
        self.patch_changed.emit()

    @property
    def depth(self) -> int | None:
        """Layers of the network; None while no model is ready."""
        return None if self.model is None else self.model.depth

    # -- methods --------------------------------------------------------------

    @property
    def methods(self) -> tuple[MethodBase, ...]:
        """All methods that are compared."""
        return tuple(slot.method for slot in self.slots)

    @property
    def active(self) -> int:
        """Index of the method whose settings and details are shown."""
        return min(self._active, len(self.slots) - 1)

    @property
    def active_method(self) -> MethodBase:
        return self.slots[self.active].method

    def set_active(self, index: int) -> None:
        if 0 <= index < len(self.slots) and index != self.active:
            self._active = index
            self.active_changed.emit()

    def nth_of_name(self, index: int) -> int:
        """How many methods before `index` have its name (for colours)."""
        name = self.slots[index].method.name
        return sum(slot.method.name == name for slot in self.slots[:index])

    def set_method(self, index: int, method: MethodBase, merge_key: str = "") -> None:
        """Change one method; changes with one `merge_key` are undone together."""
        if self.slots[index].method == method:
            return
        slots = list(self.slots)
        slots[index] = dataclasses.replace(slots[index], method=method)
        self._push(slots, f"change {method.title}", merge_key)

    def set_shown(self, index: int, shown: bool) -> None:
        """Give a method a pane of the canvas, or take it away."""
        if self.slots[index].shown == shown:
            return
        slots = list(self.slots)
        slots[index] = dataclasses.replace(slots[index], shown=shown)
        verb = "show" if shown else "hide"
        self._push(slots, f"{verb} {slots[index].method.label}")

    def add_method(self, method: MethodBase, shown: bool = True) -> None:
        """Compare one more method; it becomes the active one."""
        slot = MethodSlot(method, shown and not method.is_timing_only)
        self._push([*self.slots, slot], f"add {method.label}")
        self.set_active(len(self.slots) - 1)

    def remove_method(self, index: int) -> None:
        """Stop comparing a method; the last one stays."""
        if len(self.slots) > 1:
            rest = [*self.slots[:index], *self.slots[index + 1 :]]
            self._push(rest, f"remove {self.slots[index].method.label}")

    def set_methods(self, methods: Iterable[MethodBase]) -> None:
        """Start with these methods; not undoable. The first gets a pane only if it
        reduces something or stands alone."""
        methods = tuple(methods)
        several = len(methods) > 1
        self.undo_stack.clear()
        self._active = next((i for i, m in enumerate(methods) if m.schedule_field), 0)
        self._apply_slots(
            tuple(
                MethodSlot(m, not (m.is_timing_only or (several and m == Unpruned())))
                for m in methods
            )
        )

    def _push(
        self, slots: Iterable[MethodSlot], text: str, merge_key: str = ""
    ) -> None:
        self.undo_stack.push(_SetMethods(self, tuple(slots), text, merge_key))

    def _apply_slots(self, slots: tuple[MethodSlot, ...]) -> None:
        self.slots = slots
        self.methods_changed.emit()

    # -- outcomes -------------------------------------------------------------

    def add_outcome(self, image_key: str, outcome: Outcome) -> None:
        """What a method did with an image."""
        key = (image_key, outcome.method)
        self._outcomes[key] = outcome
        self._outcomes.move_to_end(key)
        while len(self._outcomes) > REMEMBERED_OUTCOMES:
            self._outcomes.popitem(last=False)
        self.outcomes_changed.emit()

    def outcome(self, method: MethodBase) -> Outcome | None:
        """What `method` did with the image that is shown; None: not known yet."""
        item = self.image
        if item is None or item.key is None:
            return None
        return self._outcomes.get((item.key, method))

    def missing(self) -> tuple[MethodBase, ...]:
        """Methods that have not been run on the image that is shown."""
        wanted = [m for m in self.methods if not m.is_timing_only]
        return tuple(m for m in dict.fromkeys(wanted) if self.outcome(m) is None)

    def layer_trace(self, method: MethodBase) -> LayerTrace | None:
        """What `method` did in the layer that is shown."""
        outcome = self.outcome(method)
        if outcome is None or outcome.trace is None:
            return None
        return outcome.trace.layers[min(self.layer, len(outcome.trace.layers) - 1)]

    # -- layer, patch, overlays -----------------------------------------------

    @property
    def layer(self) -> int:
        """The layer that is shown, from 0."""
        return self._layer if self.depth is None else min(self._layer, self.depth - 1)

    def set_layer(self, layer: int) -> None:
        """Show a layer, the nearest there is."""
        before = self.layer
        self._layer = max(layer, 0)
        if self.depth is not None:
            self._layer = self.layer
        if self.layer != before:
            self.layer_changed.emit()

    @property
    def patch(self) -> int | None:
        """The selected patch."""
        return self._patch

    def select_patch(self, patch: int | None) -> None:
        if patch != self._patch:
            self._patch = patch
            self.patch_changed.emit()

    def set_overlay(self, name: str, visible: bool) -> None:
        """Show or hide an overlay in all panes."""
        if visible != (name in self.visible_overlays):
            self.visible_overlays ^= {name}
            self.overlays_changed.emit()
