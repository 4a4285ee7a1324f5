"""Undo and redo: the documents that came before and after this one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gtp_core.document.document import Document

MOST_STEPS = 200
"""Documents that are remembered; they share what did not change."""


@dataclass(frozen=True)
class Step:
    """A document that can be returned to, and what was done to leave it."""

    document: Document
    text: str
    merge_key: str = ""


class History:
    """The document now, and the ways back and forth.

    Where the user looks (photo, layer, selected point, active entry) and whether
    latency is being measured are part of the document and change without a step of
    their own. Undo leaves them as they are, as far as that is still possible.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._past: list[Step] = []
        self._future: list[Step] = []

    def apply(self, document: Document, text: str = "", merge_key: str = "") -> None:
        """Go on to `document`. `text` says what was done; without it, no step back.

        Changes one after another with the same `merge_key` are undone together.
        """
        if document is self.document:
            return
        if text and not self._merges(merge_key):
            self._past.append(Step(self.document, text, merge_key))
            del self._past[:-MOST_STEPS]
        if text:
            self._future.clear()
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
        target.append(Step(self.document, step.text))
        self.document = _looking(step.document, like=self.document)


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
        plan=replace(document.plan, is_live=like.plan.is_live),
        next_id=max(document.next_id, like.next_id),
    )
