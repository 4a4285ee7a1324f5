"""Reduction methods, one file each; importing this package registers them all."""

from __future__ import annotations

import importlib
import pkgutil

from gtp_core.network.reducers.base import REDUCERS, Layer, Reducer, Setting

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["REDUCERS", "Layer", "Reducer", "Setting"]
