"""How the C library hands out large blocks of memory."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD in glibc's malloc.h
_LARGE = 8 << 20


def take_large_blocks_from_the_system() -> None:
    """Keep glibc from reusing large blocks; elsewhere this does nothing.

    glibc learns to reuse them. Pillow asks for cleared memory, so glibc then clears
    as much as a photo takes while Python's lock is held, and the window stands still:
    30 to 100 ms for 12 megapixels. A fresh block from the system is clear already.
    Memory of closed photos also goes back to the system at once.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc has it, other C libraries need it not
        mallopt(_MMAP_THRESHOLD, _LARGE)
