"""A document as plain data that JSON can hold, and back.

Fields are read and written by the types of the dataclasses alone. What an older text
lacks has its default, and what this program does not know is left out. A method is
written in its text form; one that is not known is an error.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import msgspec

from gtp_core.document.document import Document
from gtp_core.document.panes import tidied
from gtp_core.drawing import overlays
from gtp_core.files import shown_text
from gtp_core.methods import MethodBase, parse_method

MOST_ENTRIES = 200
MOST_LAYERS = 10_000
LARGEST_IMAGE = 8192
LARGEST_BATCH = 256
LONGEST_REASON = 300
FARTHEST_MARK = 100
"""Of a photo's width or height."""

_FILE_VALUE = re.compile(r"=\s*@")


class DocumentError(ValueError):
    """Data that is no document: one sentence says why."""


def to_plain(value: Any) -> Any:
    """A document, or a part of one, as dicts, lists, texts and numbers."""
    if isinstance(value, MethodBase):
        return str(value)
    if is_dataclass(value):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [to_plain(part) for part in value]
    return value


def from_plain(plain: Any) -> Document:
    """The document that `to_plain` made into `plain`.

    Raises DocumentError, with a clause that says what is wrong, if it is none.
    """
    if not isinstance(plain, dict):
        raise DocumentError("it holds no document")
    try:
        found = msgspec.convert(plain, Document, dec_hook=_method)
    except (msgspec.ValidationError, ValueError) as error:
        reason = shown_text(str(error), LONGEST_REASON)
        raise DocumentError(reason.rstrip(".")) from None
    _check(found)
    known = {overlay.name for overlay in overlays.load()}
    kept = tuple(overlay for overlay in found.overlays if overlay.name in known)
    return replace(found, overlays=kept)


def _method(type: Any, value: Any) -> Any:
    """What msgspec asks for where a dataclass names a method."""
    if type is not MethodBase:
        raise TypeError(f"{type} cannot be read from JSON.")
    if not isinstance(value, str):
        raise ValueError("a method is not written as text")
    if _FILE_VALUE.search(value):
        # Opening a document never reads a file that the document chooses.
        raise ValueError(f"the method {value!r} names a file")
    return parse_method(value)


def _check(document: Document) -> None:
    """Raises DocumentError if the parts do not fit together."""
    photos = {photo.id for photo in document.photos}
    ids = [photo.id for photo in document.photos]
    ids += [entry.id for entry in document.entries]
    ids += [difference.id for difference in document.differences]
    if len(set(ids)) < len(ids) or max(ids, default=0) >= document.next_id:
        raise DocumentError("two parts have one number")
    if min(ids, default=0) < 0:
        raise DocumentError("a part has a negative number")
    if not 1 <= len(document.entries) <= MOST_ENTRIES:
        raise DocumentError(
            f"it compares {len(document.entries)} methods; allowed: 1 to {MOST_ENTRIES}"
        )
    if document.photo is not None and document.photo_ref(document.photo) is None:
        raise DocumentError(f"it shows photo {document.photo}, which it does not hold")
    if {mark.photo for mark in document.marks} - photos:
        raise DocumentError("it marks a photo that it does not hold")
    if document.entry(document.active) is None:
        raise DocumentError(f"method {document.active} is active and not there")
    if tidied(document) is not document:
        raise DocumentError("a pane compares methods that are not there")
    for name, number, lowest, highest in _ranges(document):
        if not lowest <= number <= highest:
            raise DocumentError(f"{name} is {number}; allowed: {lowest} to {highest}")


def _ranges(document: Document) -> list[tuple[str, float, float, float]]:
    """Numbers with their names and the lowest and highest that make sense."""
    found: list[tuple[str, float, float, float]] = [
        ("layer", document.layer or 0, 0, MOST_LAYERS),
        ("batch", document.plan.batch, 1, LARGEST_BATCH),
    ]
    found += [("slot", entry.slot, 0, 10 * MOST_ENTRIES) for entry in document.entries]
    found += [("point", share, 0, 1) for share in document.point or ()]
    # An input with a border reaches beyond the photo.
    places = [share for mark in document.marks for share in mark.point]
    found += [
        ("a mark's place", share, -FARTHEST_MARK, FARTHEST_MARK) for share in places
    ]
    sizes = [model.image_size for model in document.models]
    found += [
        ("image_size", size, 1, LARGEST_IMAGE) for size in sizes if size is not None
    ]
    return found
