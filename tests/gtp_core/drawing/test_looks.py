"""Methods of one family are told apart, and families stay apart."""

import itertools

import numpy as np
import pytest

from gtp_core.drawing.looks import Look, look, oklab
from gtp_core.methods import METHODS
from gtp_core.methods.families import FAMILIES, INK

COLORED = [family for family, color in FAMILIES.items() if color != INK]


def distance(first: Look, second: Look) -> float:
    return float(np.linalg.norm(oklab(first.color) - oklab(second.color)))


@pytest.mark.parametrize("family", COLORED)
def test_the_first_has_the_family_s_own_colour_and_is_solid(family: str) -> None:
    assert look(family, 0) == Look(FAMILIES[family], ())


@pytest.mark.parametrize("family", COLORED)
def test_twelve_of_a_family_are_told_apart(family: str) -> None:
    looks = [look(family, slot) for slot in range(12)]
    for first, second in itertools.combinations(looks, 2):
        assert first.dash != second.dash or distance(first, second) > 0.1


@pytest.mark.parametrize("family", COLORED)
def test_neighbours_differ_in_lightness_and_in_dash(family: str) -> None:
    for slot in range(11):
        first, second = look(family, slot), look(family, slot + 1)
        assert first.dash != second.dash
        assert abs(oklab(first.color)[0] - oklab(second.color)[0]) > 0.1


@pytest.mark.parametrize("family", [name for name in COLORED if name != "reference"])
def test_the_hue_stays(family: str) -> None:
    _, a, b = oklab(FAMILIES[family])
    for slot in (1, 2):
        _, other_a, other_b = oklab(look(family, slot).color)
        turn = np.arctan2(other_b, other_a) - np.arctan2(b, a)
        turn = (turn + np.pi) % (2 * np.pi) - np.pi
        assert abs(turn) < np.radians(15)


def test_families_are_never_mistaken_for_each_other() -> None:
    looks = [(name, look(name, slot)) for name in COLORED for slot in range(3)]
    for (one, first), (other, second) in itertools.combinations(looks, 2):
        if one != other and first.dash == second.dash:
            assert distance(first, second) > 0.05, (one, other)


def test_the_floor_is_a_dashed_line_of_ink() -> None:
    floor = look("floor", 0)
    assert floor.color == INK
    assert floor.dash


def test_an_unknown_family_looks_as_other() -> None:
    assert look("somebody's", 0) == look("other", 0)


def test_every_method_names_a_family_that_exists() -> None:
    assert {method.family for method in METHODS.values()} <= set(FAMILIES)
