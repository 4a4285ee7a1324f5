"""Overlays are found by themselves, and none stands in another's way."""

import pytest

from gtp_core.drawing import overlays
from gtp_core.drawing.overlays.graph import GraphOverlay


def test_all_overlays_are_found_in_order() -> None:
    names = [overlay.name for overlay in overlays.load()]
    assert names == [
        "heat",
        "attention",
        "grid",
        "graph",
        "neighbours",
        "links",
        "marks",
    ]


def test_names_and_shortcuts_are_unique() -> None:
    found = overlays.load()
    assert len({overlay.shortcut for overlay in found}) == len(found)
    assert len({overlay.name for overlay in found}) == len(found)


def test_only_attention_needs_the_engine() -> None:
    needing = [overlay.name for overlay in overlays.load() if overlay.needs_attention]
    assert needing == ["attention"]


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
