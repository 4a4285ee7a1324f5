"""Every method belongs to a family, and every family has a colour of its own."""

from __future__ import annotations

import re

import gtp_core as gtp
from gtp_core.methods.families import FAMILIES, INK


def test_every_method_has_a_family() -> None:
    assert {method.family for method in gtp.METHODS.values()} < set(FAMILIES)
    assert gtp.MethodBase.family == "other"


def test_no_built_in_method_is_among_the_others() -> None:
    assert all(method.family != "other" for method in gtp.METHODS.values())


def test_every_family_has_its_own_colour() -> None:
    colors = list(FAMILIES.values())
    assert len(set(colors)) == len(colors)
    assert FAMILIES["floor"] == INK
    for color in set(colors) - {INK}:
        assert re.fullmatch("#[0-9A-F]{6}", color)
