"""How reading an image fails."""

from __future__ import annotations

import struct


class ImageError(ValueError):
    """An image that cannot be used: one sentence with the file, what, what to do."""


DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    RuntimeError,
    struct.error,
)
"""What Pillow's decoders raise on damaged files."""
