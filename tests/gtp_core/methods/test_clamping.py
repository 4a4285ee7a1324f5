"""One sentence says where fewer tokens can leave than were asked for."""

from __future__ import annotations

import pytest

import gtp_core as gtp
from gtp_core.methods.clamping import clamp_sentence


def test_nothing_is_said_where_all_leave_as_asked() -> None:
    assert clamp_sentence(gtp.GTP(), (8, 8), (8, 8)) is None


@pytest.mark.parametrize(
    ("requested", "schedule", "where"),
    [
        ((8, 30, 8), (8, 5, 8), "46 tokens to leave, but only 21 can: layer 2 has"),
        ((9, 9, 9), (9, 4, 2), "27 tokens to leave, but only 15 can: layers 2 and 3"),
        ((9,) * 4, (9, 4, 2, 1), "36 tokens to leave, but only 16 can: layers 2 to 4"),
        ((9,) * 4, (8, 9, 8, 8), "36 tokens to leave, but only 33 can: layers 1, 3 an"),
    ],
)
def test_it_names_the_layers(
    requested: tuple[int, ...], schedule: tuple[int, ...], where: str
) -> None:
    sentence = clamp_sentence(gtp.ToMe(), requested, schedule)
    assert sentence is not None
    assert sentence.startswith(f"ToMe r=8 asks for {where}")
    assert sentence.endswith("too few.")
