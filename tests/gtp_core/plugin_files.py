"""Plug-ins for tests: the one that ships with them, and how to forget it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gtp_core as gtp
from gtp_core.methods.plugins import loading

SHORT_KEYS = Path(__file__).parents[1] / "plugins" / "short_keys.py"
"""A whole method of someone else in one file."""


@contextmanager
def forgotten_afterwards() -> Iterator[None]:
    """What is loaded inside is gone at the end."""
    methods, loaded = dict(gtp.METHODS), dict(loading._loaded)
    yield
    gtp.METHODS.clear()
    gtp.METHODS.update(methods)
    loading._loaded.clear()
    loading._loaded.update(loaded)
