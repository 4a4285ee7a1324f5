"""What names the input that a model is given of a photo."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

from gtp_core.photos.geometry import InputSpec
from gtp_core.photos.photo import Photo


def content_key(photo: Photo, spec: InputSpec) -> str:
    """A name for `photo` as prepared for a model with this input.

    It names the pixels and the geometry together: photos with other pixels, and inputs
    with another size, crop or scaling of colours, have other names. Equal ones have
    the same name in every run.
    """
    digest = hashlib.blake2b(photo.key.encode(), digest_size=16)
    for field in fields(spec):
        digest.update(f"\n{field.name} {_text(getattr(spec, field.name))}".encode())
    return digest.hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return " ".join(map(_text, value))
    # 1 and 1.0 are the same crop
    return value if isinstance(value, str) else float(value).hex()
