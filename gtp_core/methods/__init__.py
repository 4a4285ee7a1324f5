"""What a reduction is: one file for each method."""

from gtp_core.methods.base import MethodBase
from gtp_core.methods.registry import METHODS, parse_method

__all__ = ["METHODS", "MethodBase", "parse_method"]
