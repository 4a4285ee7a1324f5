"""A document as JSON text, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from gtp_core.document.document import Document, Entry
from gtp_core.methods import parse_method

FORMAT = "gtp-document"
VERSION = 1


class DocumentError(ValueError):
    """Text that is no document: one sentence says why."""


class _EntryForm(msgspec.Struct, forbid_unknown_fields=True):
    """An entry as it is written: its method in the text form."""

    id: int
    method: str
    slot: int = 0
    is_shown: bool = True


def to_json(document: Document) -> str:
    """`document` as JSON text; equal documents are equal texts."""
    plain = msgspec.to_builtins(replace(document, entries=()))
    plain["entries"] = [
        {"id": e.id, "method": str(e.method), "slot": e.slot, "is_shown": e.is_shown}
        for e in document.entries
    ]
    whole = {"format": FORMAT, "version": VERSION, "document": plain}
    data = msgspec.json.encode(whole, order="sorted")
    return msgspec.json.format(data, indent=2).decode() + "\n"


def from_json(text: str) -> Document:
    """The document that `to_json` wrote.

    Raises DocumentError, in one sentence, if it is none, of another version, or names
    what this program does not know.
    """
    try:
        head = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise DocumentError("This is not valid JSON.") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise DocumentError("This is not a document of gtp-viewer.")
    if head.get("version") != VERSION:
        raise DocumentError(
            f"This document has version {head.get('version')!r}; this program reads "
            f"version {VERSION}."
        )
    try:
        found = _document(head.get("document"))
    except (msgspec.ValidationError, ValueError) as error:
        raise DocumentError(f"This document is damaged: {error}.") from None
    _check(found)
    return found


def _document(plain: Any) -> Document:
    if not isinstance(plain, dict):
        raise ValueError("it is empty")
    forms = msgspec.convert(plain.get("entries"), list[_EntryForm])
    entries = tuple(
        Entry(form.id, parse_method(form.method), form.slot, form.is_shown)
        for form in forms
    )
    rest = msgspec.convert({**plain, "entries": ()}, Document)
    return replace(rest, entries=entries)


def _check(document: Document) -> None:
    """Raises DocumentError if the parts do not fit together."""
    photos = {photo.id for photo in document.photos}
    ids = [photo.id for photo in document.photos]
    ids += [entry.id for entry in document.entries]
    if len(set(ids)) < len(ids) or max(ids, default=0) >= document.next_id:
        raise DocumentError("This document is damaged: two parts have one number.")
    if {mark.photo for mark in document.marks} - photos:
        raise DocumentError("This document is damaged: it marks an unknown photo.")
    if not document.entries:
        raise DocumentError("This document is damaged: it compares no method.")
    layer = document.layer or 0
    if layer < 0 or not 1 <= document.plan.batch <= 256:
        raise DocumentError("This document is damaged: a number is out of its range.")
