"""Marks on the photo: one file each, found and registered by themselves.

To add an overlay, write a file here with one subclass of `contract.Overlay`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from gtp_viewer.overlays.contract import Overlay


def load_overlays() -> tuple[Overlay, ...]:
    """A new one of each overlay of this folder, in painting order."""
    found: list[Overlay] = []
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for _, thing in inspect.getmembers(loaded, inspect.isclass):
            is_own = thing.__module__ == loaded.__name__
            if is_own and issubclass(thing, Overlay) and thing is not Overlay:
                found.append(thing())
    return tuple(sorted(found, key=lambda overlay: overlay.order))
