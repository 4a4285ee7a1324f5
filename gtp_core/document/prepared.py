"""Photos that are ready, each in the forms that networks want."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Protocol

from gtp_core.document.wishes import PreparePhoto
from gtp_core.photos.geometry import CropGeometry, InputSpec


class Prepared(Protocol):
    """A photo ready to be painted and, where there is a spec, to be run.

    `content` names pixels and geometry together. All of it comes from one decoding.
    """

    @property
    def photo_key(self) -> str: ...
    @property
    def content(self) -> str | None: ...
    @property
    def painted(self) -> Any: ...
    @property
    def pixels(self) -> Any: ...
    @property
    def spec(self) -> InputSpec | None: ...
    @property
    def geometry(self) -> CropGeometry | None: ...
    @property
    def patch_colors(self) -> Any: ...
    @property
    def nbytes(self) -> int: ...


class Fitted(Protocol):
    """The network's input of a photo, and what names it."""

    @property
    def photo_key(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def pixels(self) -> Any: ...
    @property
    def spec(self) -> InputSpec: ...


class PreparedPhotos:
    """Keeps prepared photos within `most` bytes; the photo used last always stays.

    A photo comes and goes with all its forms: if the inputs of two networks pushed each
    other out, both would be prepared for ever.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._photos: OrderedDict[int, dict[PreparePhoto, Prepared]] = OrderedDict()

    def __contains__(self, wish: PreparePhoto) -> bool:
        return wish in self._photos.get(wish.photo, ())

    def __iter__(self) -> Iterator[PreparePhoto]:
        """What there is, that of the photo used last at the end."""
        return iter([wish for forms in self._photos.values() for wish in forms])

    def get(self, wish: PreparePhoto) -> Prepared | None:
        """The photo as `wish` wants it, which counts as used now; None if not there."""
        if wish.photo not in self._photos:
            return None
        self._photos.move_to_end(wish.photo)
        return self._photos[wish.photo].get(wish)

    def put(self, wish: PreparePhoto, prepared: Prepared) -> None:
        """Keep a photo in one more form."""
        forms = self._photos.setdefault(wish.photo, {})
        forms.pop(wish, None)
        forms[wish] = prepared
        self._photos.move_to_end(wish.photo)
        while len(self._photos) > 1 and self._total() > self._most:
            self._photos.popitem(last=False)

    def pop(self, wish: PreparePhoto) -> None:
        """Forget one form of a photo, if it is there."""
        forms = self._photos.get(wish.photo, {})
        forms.pop(wish, None)
        if not forms:
            self._photos.pop(wish.photo, None)

    def _total(self) -> int:
        forms = (form for forms in self._photos.values() for form in forms.values())
        return sum(form.nbytes for form in forms)
