"""Token reduction for Vision Transformers: run it, see it, measure it.

Importing this package is cheap: names are fetched from their modules on first use,
so that programs which only need the torch-free half never load torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "gtp_core.config": (
        "ATS",
        "EViT",
        "Floor",
        "GTP",
        "GridDrop",
        "METHODS",
        "MethodBase",
        "PiToMe",
        "RadialDrop",
        "RandomDrop",
        "SELECTIONS",
        "ToFu",
        "ToMe",
        "TopK",
        "Unpruned",
        "parse_method",
    ),
    "gtp_core.schedule": ("LayerRange",),
    "gtp_core.trace": ("LayerTrace", "Links", "TokenGraph", "Trace"),
    "gtp_core.macs": ("LayerMacs", "MacCount"),
    "gtp_core.vit": ("AcceleratedViT", "accelerate"),
    "gtp_core.backbones": ("create_backbone", "list_backbones"),
    "gtp_core.preprocessing": ("preprocess",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from gtp_core.backbones import create_backbone as create_backbone
    from gtp_core.backbones import list_backbones as list_backbones
    from gtp_core.config import ATS as ATS
    from gtp_core.config import GTP as GTP
    from gtp_core.config import METHODS as METHODS
    from gtp_core.config import SELECTIONS as SELECTIONS
    from gtp_core.config import EViT as EViT
    from gtp_core.config import Floor as Floor
    from gtp_core.config import GridDrop as GridDrop
    from gtp_core.config import MethodBase as MethodBase
    from gtp_core.config import PiToMe as PiToMe
    from gtp_core.config import RadialDrop as RadialDrop
    from gtp_core.config import RandomDrop as RandomDrop
    from gtp_core.config import ToFu as ToFu
    from gtp_core.config import ToMe as ToMe
    from gtp_core.config import TopK as TopK
    from gtp_core.config import Unpruned as Unpruned
    from gtp_core.config import parse_method as parse_method
    from gtp_core.macs import LayerMacs as LayerMacs
    from gtp_core.macs import MacCount as MacCount
    from gtp_core.preprocessing import preprocess as preprocess
    from gtp_core.schedule import LayerRange as LayerRange
    from gtp_core.trace import LayerTrace as LayerTrace
    from gtp_core.trace import Links as Links
    from gtp_core.trace import TokenGraph as TokenGraph
    from gtp_core.trace import Trace as Trace
    from gtp_core.vit import AcceleratedViT as AcceleratedViT
    from gtp_core.vit import accelerate as accelerate

__all__ = ["__version__", *_HOME_OF]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'gtp_core' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
