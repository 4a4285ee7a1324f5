"""Overlays are found by themselves, and none stands in another's way."""

import pytest

from gtp_core.drawing import overlays
from gtp_core.drawing.overlays.graph import GraphOverlay

COLORINGS = [
    "score",
    "scale",
    "class_attention",
    "attention",
    "similarity",
    "pca",
    "held",
]


def test_all_overlays_are_found_in_order() -> None:
    names = [overlay.name for overlay in overlays.load()]
    drawn = ["grid", "graph", "neighbours", "links", "marks"]
    assert names == [*COLORINGS, *drawn]


def test_names_and_shortcuts_are_unique() -> None:
    found = overlays.load()
    assert len({overlay.shortcut for overlay in found}) == len(found)
    assert len({overlay.name for overlay in found}) == len(found)


def test_what_is_asked_of_the_engine_is_declared() -> None:
    found = overlays.load()
    assert [o.name for o in found if o.needs_attention] == ["attention"]
    assert [o.name for o in found if o.needs_features] == ["similarity", "pca"]


def test_what_would_hide_each_other_is_one_group() -> None:
    grouped = [overlay for overlay in overlays.load() if overlay.group]
    assert [overlay.name for overlay in grouped] == COLORINGS
    assert {overlay.group for overlay in grouped} == {"colour"}


def test_options_that_are_not_given_have_their_first_value() -> None:
    assert GraphOverlay.chosen({}) == {"edges": "strongest"}
    assert GraphOverlay.chosen({"edges": "all"})["edges"] == "all"


@pytest.mark.parametrize("values", [{"edges": "7"}, {"colour": "red"}])
def test_an_option_or_value_that_does_not_exist_is_refused(
    values: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        GraphOverlay.chosen(values)


def test_every_option_value_draws_something_else_or_the_same_without_error() -> None:
    from tests.gtp_core.drawing import scenes

    for overlay in overlays.load():
        for option in overlay.options:
            for value, _ in option.choices:
                overlay.marks(scenes.scene(1), {option.name: value})
                overlay.legend(scenes.scene(1), {option.name: value})
