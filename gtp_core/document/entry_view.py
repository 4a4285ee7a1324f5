"""An entry of the document, and what is known of it on the photo that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.document.document import Difference, Entry
from gtp_core.document.prepared import Prepared
from gtp_core.document.subject import NO_EDITS, Edits
from gtp_core.drawing.tags import MethodTag
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from gtp_core.records.trace import Trace


@dataclass(frozen=True, eq=False)
class EntryView:
    """An entry and what is known of it on the photo that is shown.

    `state` is one of "current" (the outcome is of just this), "computing", "waiting"
    (for the photo or the network), "failed" (`problem` says why), "refused" (the
    method cannot run on this network; `problem` says why) and "timed only".
    `outcome` is None unless the state is "current" or "refused". `earlier` is what the
    same pane showed last on the same photo and network under another setting of the
    method; it may be shown for a moment if it is marked as out of date.

    `info` is of the network that the entry runs on and `prepared` the photo as this
    network wants it; both are None while they are not known. `layer` is the
    document's, or the last that this network has. `patch` is the one at the selected
    point, in this network's grid. `truth` is what the unpruned network made of the
    photo, None while it is not known. `edits` are what the user's marks mean in this
    network's grid, and `unmarked` is the outcome without any, None where there are none
    that the method could obey, or while it is not known.
    """

    entry: Entry
    tag: MethodTag
    state: str
    outcome: Outcome | None = None
    earlier: Outcome | None = None
    problem: str | None = None
    info: ModelInfo | None = None
    prepared: Prepared | None = None
    layer: int = 0
    patch: int | None = None
    truth: Outcome | None = None
    edits: Edits = NO_EDITS
    unmarked: Outcome | None = None

    @property
    def geometry(self) -> CropGeometry | None:
        """Where the network's input lies in the photo; None while not known."""
        return None if self.prepared is None else self.prepared.geometry

    @property
    def trace(self) -> Trace | None:
        """The trace of the outcome, where it is current."""
        return None if self.outcome is None else self.outcome.trace

    @property
    def seen(self) -> Outcome | None:
        """What may be drawn: the outcome, or else the earlier one."""
        return self.outcome or self.earlier


@dataclass(frozen=True, eq=False)
class DifferenceView:
    """Two entries that a pane compares, patch by patch."""

    difference: Difference
    a: EntryView
    b: EntryView
