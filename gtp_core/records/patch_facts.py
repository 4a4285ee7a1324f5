"""What a trace says about one patch, in words.

All parts of the program take their words for a patch from here.
"""

from __future__ import annotations

from collections.abc import Sequence

from gtp_core.records.patch_numbers import (
    KEPT,
    LEAVES,
    LEFT,
    ORPHAN,
    PatchNumbers,
    Share,
)
from gtp_core.records.trace import Trace
from gtp_core.records.words import digits, ordinal, percent, plural

LISTED = 3
"""So many tokens are named in a sentence; the others are counted."""
WHOLE = 0.9995
"""What hands on this share of itself goes on whole."""

BY_CONSTRUCTION = (
    "Merging averages: all content is held by construction. "
    "That says nothing of accuracy."
)
"""What a full share does not say."""

_MARKS = {KEPT: "●", LEAVES: "▼", LEFT: "▼", ORPHAN: "✕"}


class PatchFacts(PatchNumbers):
    """The numbers of a patch, and what is said of them."""

    @property
    def mark(self) -> str:
        """A sign for the status, which tells orphans by their shape."""
        return _MARKS[self.status]

    @property
    def fate(self) -> str:
        """What becomes of the patch, and whether a mark decided that."""
        return f"{self._fate} {self.why}".strip()

    @property
    def why(self) -> str:
        """A sentence where a mark of the user's decides, and not the score."""
        if self.is_forced:
            return "It was forced out, whatever its score."
        return "It was to stay, whatever its score." if self.is_pinned else ""

    @property
    def _fate(self) -> str:
        if self.stays:
            return f"Kept {self.until}; {self._receiving}."
        if self.status == ORPHAN:
            return self._orphaned
        if self.gone_in == self.layer:
            return f"Leaves in this layer; {self._handing}."
        return f"Left in {self.when}; {self._holding}."

    @property
    def until(self) -> str:
        """How long a kept patch stays a token."""
        return "to the end" if self.gone_in is None else f"until {self.when}"

    @property
    def when(self) -> str:
        """The layer in which the patch leaves."""
        if self.gone_in == self.layer or self.gone_in is None:
            return "this layer"
        return f"layer {self.gone_in + 1}"

    @property
    def place_words(self) -> str:
        """Where the patch is, counted from 1."""
        return f"row {self.place[0] + 1}, column {self.place[1] + 1}"

    @property
    def sentence(self) -> str:
        """The patch, its place and its fate."""
        return f"Patch {self.patch}, {self.place_words}. {self.fate}"

    @property
    def readout(self) -> str:
        """The patch and its fate in a line; what matters least comes last."""
        parts = [self._headline, *self._flow_words()]
        if self.rank is not None and (self.stays or self.gone_in == self.layer):
            parts.append(self.rank_words)
        return " · ".join([*parts, self.place_words])

    @property
    def rank_words(self) -> str:
        """Such as "3rd lowest of 180"."""
        if self.rank is None:
            return "–"
        place = "" if self.rank == 1 else f"{ordinal(self.rank)} "
        return f"{place}lowest of {self.ranked}"

    @property
    def margin_words(self) -> str:
        """How far the score is from the cut, such as "leaves by 0.02"."""
        if self.margin is None:
            return "–"
        leaves = self.gone_in is not None and self.gone_in <= self.layer
        verb = "leaves" if leaves else "stays"
        return f"{verb} by {digits(self.margin, 2)}"

    @property
    def where(self) -> str:
        """Where the content is now, without the names of its holders."""
        return self._where("")

    @property
    def where_named(self) -> str:
        """Where the content is now, with the names of its holders."""
        return self._where(f" ({self.holder_names})")

    def _where(self, names: str) -> str:
        if self.stays:
            return "kept"
        if not self.holders:
            return "all of it is lost"
        count = plural(len(self.holders), "token")
        words = f"{percent(self.held)} in {count}{names}"
        if self.held > 1 / WHOLE:
            return f"{words}: more than there was"
        return words + ("" if self.held > WHOLE else f", {percent(self.lost)} lost")

    @property
    def held_words(self) -> str:
        """What is held, and where, for a narrow column: "5.4 % in 176, 74 +6"."""
        if self.stays or not self.holders:
            return ""
        first = [
            str(token) if token < self.patches else "added"
            for token, _ in self.holders[:2]
        ]
        rest = len(self.holders) - len(first)
        more = f" +{rest}" if rest else ""
        return f"{percent(self.held)} in {', '.join(first)}{more}"

    @property
    def lost_words(self) -> str:
        """What is lost, in two words; or "kept"."""
        if self.stays:
            return "kept"
        if self.held > 1 / WHOLE:
            return "more than there was"
        return "nothing lost" if self.held > WHOLE else f"{percent(self.lost)} lost"

    @property
    def holder_names(self) -> str:
        """The tokens that hold the content now."""
        return self._names(self.holders)

    @property
    def by_construction(self) -> str:
        """What a full share does not say; empty where something is lost."""
        if self.averages and self.held > WHOLE:
            return BY_CONSTRUCTION
        return ""

    @property
    def _receiving(self) -> str:
        if not self.links:
            return "receives nothing in this layer"
        names = self._names(self.links)
        if all(share >= WHOLE for _, share in self.links):
            return f"takes in {names} whole in this layer"
        return f"receives {percent(self.moved)} of a token from {names}"

    @property
    def _handing(self) -> str:
        names = self._names(self.links)
        if self.averages and self.moved >= WHOLE:
            return f"it is merged whole into {names}"
        return f"{percent(self.moved)} goes to {names}{self._rest}"

    @property
    def _rest(self) -> str:
        """What of a token that leaves is not handed on."""
        if self.moved > 1 / WHOLE:
            return ", more than there was"
        lost = 1.0 - self.moved
        return "" if lost < 1 - WHOLE else f", {percent(lost)} is lost"

    @property
    def _holding(self) -> str:
        if not self.holders:
            return "all of it is lost by now"
        names = self.holder_names
        text = f"{percent(self.held)} of it is still held by {names}"
        return text + (f", {percent(self.lost)} is lost" if self.lost > 5e-4 else "")

    @property
    def _orphaned(self) -> str:
        now = self.gone_in == self.layer
        if self.trace.graph is None:
            return f"Dropped in {self.when}: all of it is lost."
        verb = "Leaves" if now else "Left"
        return f"{verb} in {self.when}: no neighbour left, all of it is lost."

    @property
    def _headline(self) -> str:
        if self.stays:
            return f"Patch {self.patch} stays {self.until}"
        if self.gone_in == self.layer:
            return f"Patch {self.patch} leaves"
        return f"Patch {self.patch} left in {self.when}"

    def _flow_words(self) -> list[str]:
        """What happens to its content in this layer, or happened to it."""
        count = plural(len(self.links), "token")
        if self.status == ORPHAN:
            return [
                "dropped: lost"
                if self.trace.graph is None
                else "no neighbour left: lost"
            ]
        if self.stays:
            return [
                f"receives {percent(self.moved)} from {count}"
                if self.links
                else "receives nothing"
            ]
        if self.gone_in != self.layer:
            return [self.where]
        if self.averages and self.moved >= WHOLE:
            return [f"merged whole into {self._names(self.links)}"]
        words = [f"{percent(self.moved)} goes to {count}"]
        lost = 1.0 - self.moved
        if lost > 1 - WHOLE:
            words.insert(0, f"{percent(lost)} is lost")
        return words

    def _names(self, shares: Sequence[Share]) -> str:
        return name_tokens([token for token, _ in shares], self.patches)


def name_tokens(ids: Sequence[int], patches: int) -> str:
    """Such as "3, 17, 18 and 5 more"; a token that a method added has no number."""
    shown = [str(token) if token < patches else "an added token" for token in ids]
    names = ", ".join(shown[:LISTED])
    rest = len(ids) - LISTED
    return names if rest <= 0 else f"{names} and {rest} more"


def token_name(token: int, patches: int) -> str:
    """What a token is called where it stands alone."""
    if token < patches:
        return f"patch {token}"
    return f"added, layer {token - patches + 1}"


def patch_readout(trace: Trace, layer: int, patch: int) -> str:
    """What became of `patch` up to `layer` (from 0), in one short line."""
    return patch_facts(trace, layer, patch).readout


def patch_facts(trace: Trace, layer: int, patch: int) -> PatchFacts:
    """What happened to `patch` up to `layer` (from 0)."""
    return PatchFacts(trace, layer, patch)
