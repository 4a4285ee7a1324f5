"""Reduction methods, one file each. Importing this package finds them all."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from gtp_core.methods import MethodBase
from gtp_core.network.reducing import REDUCERS, Reducer

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")


def reducer_of(method: MethodBase) -> type[Reducer[Any]]:
    """The Reducer that carries `method` out.

    A file of this package names its config by `@implements`. A plug-in's config has a
    static method `reducer()` instead. Raises ValueError in one sentence if there is
    neither, or if the plug-in fails.
    """
    kind = type(method)
    found = REDUCERS.get(kind)
    if found is not None:
        return found
    make = getattr(kind, "reducer", None) if isinstance(method, MethodBase) else None
    if make is None:
        raise ValueError(f"{method!r} is not a method; see gtp_core.METHODS.")
    REDUCERS[kind] = _made(kind, make)
    return REDUCERS[kind]


def _made(kind: type[MethodBase], make: Any) -> type[Reducer[Any]]:
    try:
        made = make()
    except Exception as error:  # whatever someone else's code may raise
        reason = " ".join(str(error).split()) or "no message"
        raise ValueError(
            f"{kind.title}: its reducer() failed with {type(error).__name__}: {reason}"
        ) from error
    if not (isinstance(made, type) and issubclass(made, Reducer)):
        raise ValueError(
            f"{kind.title}: its reducer() gives {made!r}; it must return a subclass of "
            "gtp_core.network.reducing.Reducer."
        )
    return made
