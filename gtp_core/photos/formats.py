"""What the first bytes of an image file tell: its format, how it is stored.

Pillow calls a damaged file and a file that is no image at all by the same name; the
first bytes tell them apart.
"""

from __future__ import annotations

import re

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
"""Formats that are read, by Pillow's names; none of them runs another program."""

_BEGINNINGS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*", b"II\0*", b"MM*\0", b"II+\0", b"MM\0+"),
}
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
"""Sizes, in bytes, of the headers that a BMP file may have."""
_PPM = re.compile(rb"P([1-6]|f)\s+(#[^\n]*\n\s*)*[-\d]")


def format_of(data: bytes) -> str | None:
    """The one of FORMATS that `data` begins like, whole or not; None if like none."""
    for form, beginnings in _BEGINNINGS.items():
        if data.startswith(beginnings):
            return form
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if _is_avif(data):
        return "AVIF"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return "PPM" if _PPM.match(data[:1000]) else None


def _is_avif(data: bytes) -> bool:
    """Whether AVIF is among the brands in the first box of an ISO media file."""
    if data[4:8] != b"ftyp":
        return False
    length = int.from_bytes(data[:4], "big")
    brands = data[8 : min(length, 1000)]
    names = [brands[place : place + 4] for place in range(0, len(brands), 4)]
    return b"avif" in names or b"avis" in names


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame; it lists the channels."""
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN = 0xDA
_WITHOUT_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


def has_many_scans(jpeg: bytes) -> bool:
    """Whether a JPEG must be held in memory whole while it is decoded.

    A plain one has a single scan with all channels. A progressive one, or one with a
    scan for each channel, comes in many. What is damaged counts as many.
    """
    place, channels = 2, 0
    while place + 10 <= len(jpeg):
        marker = jpeg[place + 1]
        if jpeg[place] != 0xFF or marker == 0xFF:
            place += 1  # filling between segments
            continue
        if marker in _PROGRESSIVE:
            return True
        if marker in _FRAMES:
            channels = jpeg[place + 9]
        if marker == _SCAN:
            return jpeg[place + 4] < channels
        length = int.from_bytes(jpeg[place + 2 : place + 4], "big")
        place += 2 if marker in _WITHOUT_LENGTH else 2 + length
    return True
