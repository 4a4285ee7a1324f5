"""Overlays on the photo: one file each, found by themselves.

To add an overlay, write a file here with one subclass of `contract.Overlay`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from gtp_core.drawing.overlays.contract import Overlay


@cache
def load() -> tuple[Overlay, ...]:
    """All overlays of this folder, in the order in which they are listed."""
    found: list[Overlay] = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for _, thing in inspect.getmembers(module, inspect.isclass):
            is_own = thing.__module__ == module.__name__
            if is_own and issubclass(thing, Overlay) and thing is not Overlay:
                found.append(thing())
    return tuple(sorted(found, key=lambda overlay: overlay.order))
