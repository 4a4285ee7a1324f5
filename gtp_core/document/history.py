"""Undo and redo: the documents that came before and after this one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gtp_core.document.document import Document

MOST_STEPS = 400
"""Documents that are remembered; they share what did not change."""

_LOOKS = {
    "photo": "show another photo",
    "layer": "go to another layer",
    "point": "select another patch",
    "is_guided": "select no patch",
    "active": "choose another method",
}
"""What says where the user looks, and how undo calls it."""


@dataclass(frozen=True)
class Step:
    """A document that can be returned to, and what was done to leave it.

    `is_look` is True if the user has only looked elsewhere.
    """

    document: Document
    text: str
    merge_key: str = ""
    is_look: bool = False


class History:
    """The document now, and the ways back and forth.

    Where the user looks (photo, layer, selected point, active entry) is undone, too,
    but apart: undoing another change leaves it as it is, as far as that is possible.
    Looking elsewhere several times in the same way is one step. While something can be
    done again, looking makes no step, so that nothing is lost by it. Whether latency
    is being measured and whether all photos are run are part of the document and are
    never undone.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._past: list[Step] = []
        self._future: list[Step] = []

    def apply(self, document: Document, text: str = "", merge_key: str = "") -> None:
        """Go on to `document`. `text` says what was done.

        Without it, only looking elsewhere can be undone. Changes one after another
        with the same `merge_key` are undone together.
        """
        if document is self.document:
            return
        step = Step(self.document, text, merge_key)
        if not text and not self._future:
            step = _look(self.document, document) or step
        if step.text:
            if not self._merges(step.merge_key):
                self._past.append(step)
                del self._past[:-MOST_STEPS]
            self._future.clear()
        self.document = document

    def show(self, document: Document) -> None:
        """Go on to `document` without a step: for what is taken back by itself."""
        self.document = document

    def undo(self) -> None:
        """Go one step back."""
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._go(self._future, self._past)

    @property
    def undo_text(self) -> str | None:
        """What would be undone; None if there is nothing."""
        return self._past[-1].text if self._past else None

    @property
    def redo_text(self) -> str | None:
        """What would be done again; None if there is nothing."""
        return self._future[-1].text if self._future else None

    def photo_ids(self) -> set[int]:
        """The photos of this document and of all that can be returned to."""
        documents = (self.document, *(s.document for s in (*self._past, *self._future)))
        # Most of them share one tuple of photos.
        lists = {id(document.photos): document.photos for document in documents}
        return {photo.id for photos in lists.values() for photo in photos}

    def _merges(self, merge_key: str) -> bool:
        return bool(
            merge_key
            and self._past
            and not self._future
            and self._past[-1].merge_key == merge_key
        )

    def _go(self, source: list[Step], target: list[Step]) -> None:
        if not source:
            return
        step = source.pop()
        target.append(replace(step, document=self.document, merge_key=""))
        if step.is_look:
            self.document = _looking(self.document, like=step.document)
        else:
            self.document = _keeping(step.document, self.document)


def _look(before: Document, after: Document) -> Step | None:
    """The step back from looking elsewhere; None if the user looks where they did."""
    names = [name for name in _LOOKS if getattr(before, name) != getattr(after, name)]
    if not names:
        return None
    return Step(before, _LOOKS[names[0]], f"look {names[0]}", is_look=True)


def _keeping(document: Document, now: Document) -> Document:
    """`document`, with what undoing leaves as it is `now`."""
    return replace(
        _looking(document, like=now),
        plan=replace(document.plan, is_live=now.plan.is_live),
        is_surveying=now.is_surveying,
        next_id=max(document.next_id, now.next_id),
    )


def _looking(document: Document, like: Document) -> Document:
    """`document`, looked at where `like` is looked at, as far as that is there."""
    seen = document.photo_ref(like.photo) is not None
    return replace(
        document,
        photo=like.photo if seen else document.photo,
        point=like.point if seen else document.point,
        is_guided=like.is_guided,
        active=like.active if document.entry(like.active) else document.active,
        layer=like.layer,
    )
