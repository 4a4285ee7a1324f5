"""Overlays are found by themselves, and none stands in another's way."""

from gtp_viewer.overlays import load_overlays


def test_all_overlays_are_found_in_painting_order() -> None:
    names = [overlay.name for overlay in load_overlays()]
    assert names == ["heat", "grid", "graph", "links"]


def test_names_and_shortcuts_are_unique() -> None:
    overlays = load_overlays()
    assert len({overlay.shortcut for overlay in overlays}) == len(overlays)
    assert len({overlay.name for overlay in overlays}) == len(overlays)


def test_each_window_has_its_own_options() -> None:
    one, other = load_overlays()[0], load_overlays()[0]
    one.values["values"] = "attention"
    assert other.values["values"] == "scores"
