"""What the tour tells of: one patch, the layer in which it leaves, and how."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.document.document import Entry
from gtp_core.document.view import View
from gtp_core.methods.gtp import GTP
from gtp_core.records.patch_facts import PatchFacts, patch_facts
from gtp_core.records.story import story_patch
from gtp_core.records.trace import LayerTrace, TokenGraph, Trace

NO_TOKEN_LEAVES = (
    "No token leaves under this setting, so there is nothing to follow. Set P, the "
    "tokens that leave in a layer, above 0."
)
COMPUTING = "The network is at work; the tour goes on as soon as there is a result."
NO_PHOTO = "The tour needs a photo. Drop one anywhere in the window."


@dataclass(frozen=True, eq=False)
class Story:
    """`patch` leaves in `layer` (from 0) of `trace`, which `method` made."""

    trace: Trace
    graph: TokenGraph
    method: GTP
    layer: int
    patch: int

    @property
    def step(self) -> LayerTrace:
        """The layer in which the patch leaves."""
        return self.trace.layers[self.layer]

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return len(self.trace.layers)

    @property
    def facts(self) -> PatchFacts:
        """What becomes of the patch in its layer."""
        return patch_facts(self.trace, self.layer, self.patch)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Story):
            return NotImplemented
        mine, its = (self.layer, self.patch), (other.layer, other.patch)
        return self.trace is other.trace and mine == its

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Obstacle:
    """Why the tour cannot be given now. `needs_gtp`: another method would help."""

    sentence: str
    needs_gtp: bool = False


def find_story(view: View) -> Story | Obstacle:
    """The story of the followed patch; of another where that one never leaves."""
    active = view.active
    method, trace = active.entry.method, active.trace
    if not isinstance(method, GTP):
        name = active.tag.label
        return Obstacle(f"The tour is about GTP, and {name} works otherwise.", True)
    if method.propagation != "graph":
        why = "This setting of GTP hands nothing on along a token graph."
        return Obstacle(why, True)
    if view.document.photo is None:
        return Obstacle(NO_PHOTO)
    if active.problem is not None:
        return Obstacle(active.problem, active.state == "refused")
    if trace is None or trace.graph is None:
        return Obstacle(COMPUTING)
    found = _leaving(trace, view.patch)
    if found is None:
        return Obstacle(NO_TOKEN_LEAVES)
    layer, patch = found
    return Story(trace, trace.graph, method, layer, patch)


def _leaving(trace: Trace, followed: int | None) -> tuple[int, int] | None:
    """The layer in which a patch leaves, and the patch; the followed one if it can be.

    None where no patch ever leaves.
    """
    others = (patch for step in trace.layers for patch in step.removed.tolist())
    for patch in (followed, story_patch(trace), next(others, None)):
        if patch is None or not 0 <= patch < trace.patches:
            continue
        gone_in = patch_facts(trace, 0, patch).gone_in
        if gone_in is not None:
            return gone_in, patch
    return None


def other_gtp(view: View) -> Entry | None:
    """An entry, not the active one, that the tour can be given with."""
    for entry in view.document.entries:
        method = entry.method
        is_other = entry.id != view.document.active_entry.id
        if is_other and isinstance(method, GTP) and method.propagation == "graph":
            return entry
    return None
