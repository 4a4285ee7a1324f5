"""What reduction methods are made of: the contract, and what several of them share."""

from gtp_core.network.blocks import Need
from gtp_core.network.reducing.base import (
    REDUCERS,
    Config,
    Layer,
    Reducer,
    Setting,
    implements,
)
from gtp_core.network.reducing.merging import MergingReducer
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.ranked import RankedReducer, Split

__all__ = [
    "REDUCERS",
    "Config",
    "Layer",
    "MergingReducer",
    "Need",
    "Pairs",
    "RankedReducer",
    "Reducer",
    "Setting",
    "Split",
    "implements",
    "rows",
]
