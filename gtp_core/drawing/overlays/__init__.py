"""Overlays on the photo: one file each, found by themselves.

To add an overlay, write a file here with one subclass of `contract.Overlay`.
"""

from __future__ import annotations

import sys
from functools import cache

from gtp_core.discovery import classes_in, modules_in
from gtp_core.drawing.overlays.contract import Overlay


@cache
def load() -> tuple[Overlay, ...]:
    """All overlays of this folder, in the order in which they are listed."""
    modules = modules_in(sys.modules[__name__])
    found = [kind() for module in modules for kind in classes_in(module, Overlay)]
    return tuple(sorted(found, key=lambda overlay: overlay.order))


__all__ = ["Overlay", "load"]
