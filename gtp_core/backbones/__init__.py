"""Networks by name, their weights, and what can be run.

Importing this package is cheap: everything but `gtp_core.backbones.registry` needs
torch and is fetched on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gtp_core.backbones.registry import BACKBONES, Backbone, list_backbones

_HOME_OF = {
    "LVViT": "gtp_core.backbones.lvvit",
    "WeightsError": "gtp_core.backbones.weights",
    "create_backbone": "gtp_core.backbones.create",
    "unsupported_reason": "gtp_core.backbones.support",
}

if TYPE_CHECKING:
    from gtp_core.backbones.create import create_backbone
    from gtp_core.backbones.lvvit import LVViT
    from gtp_core.backbones.support import unsupported_reason
    from gtp_core.backbones.weights import WeightsError

__all__ = [
    "BACKBONES",
    "Backbone",
    "LVViT",
    "WeightsError",
    "create_backbone",
    "list_backbones",
    "unsupported_reason",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'gtp_core.backbones' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
