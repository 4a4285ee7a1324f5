"""Changes are functions from one document to the next."""

from __future__ import annotations

import pytest

from gtp_core import GTP, EViT, Floor, PiToMe, ToMe, Unpruned
from gtp_core.document import changes
from gtp_core.document.document import (
    Document,
    MeasurePlan,
    OverlayState,
    PhotoRef,
)
from gtp_core.document.subject import ModelSpec


def three_photos() -> Document:
    return changes.add_photos(Document(), ["/a/one.jpg", "/a/two.jpg", "/b/three.jpg"])


def shown_name(document: Document) -> str | None:
    photo = document.photo_ref(document.photo)
    return None if photo is None else photo.name


def test_added_photos_come_last_and_the_first_of_them_is_shown() -> None:
    document = changes.add_photos(three_photos(), ["/c/four.jpg", "/c/five.jpg"])
    names = [photo.name for photo in document.photos]
    assert names == ["one.jpg", "two.jpg", "three.jpg", "four.jpg", "five.jpg"]
    assert shown_name(document) == "four.jpg"


def test_a_pasted_picture_is_shown_and_has_no_path() -> None:
    document = changes.add_pasted(three_photos())
    assert shown_name(document) == "pasted image"
    assert document.photos[-1].path is None


def test_when_the_shown_photo_goes_its_neighbour_is_shown() -> None:
    document = changes.step_photo(three_photos(), 1)
    assert document.photo is not None
    assert shown_name(changes.remove_photo(document, document.photo)) == "three.jpg"
    last = changes.step_photo(document, 5)
    assert last.photo is not None
    assert shown_name(changes.remove_photo(last, last.photo)) == "two.jpg"


def test_the_last_photo_leaves_none() -> None:
    document = changes.add_photos(Document(), ["/a/one.jpg"])
    assert document.photo is not None
    empty = changes.remove_photo(document, document.photo)
    assert (empty.photos, empty.photo) == ((), None)


def test_removing_another_photo_leaves_the_shown_one_and_the_selection() -> None:
    document = changes.select_point(three_photos(), (0.5, 0.5))
    changed = changes.remove_photo(document, document.photos[2].id)
    assert shown_name(changed) == "one.jpg"
    assert changed.point == (0.5, 0.5)


def test_stepping_stops_at_both_ends() -> None:
    document = three_photos()
    assert changes.step_photo(document, -1) is document
    assert shown_name(changes.step_photo(document, 9)) == "three.jpg"


def test_stepping_follows_the_order_of_the_list() -> None:
    document = three_photos()
    one, two, three = (photo.id for photo in document.photos)
    document = changes.select_photo(document, three)
    order = [three, one]  # sorted, and without the second
    on = changes.step_photo(document, 1, order)
    assert on.photo == one
    assert changes.step_photo(on, 1, order).photo == one
    elsewhere = changes.select_photo(document, two)
    assert changes.step_photo(elsewhere, 1, order).photo == three


def test_another_photo_has_no_selection_yet() -> None:
    document = changes.select_point(three_photos(), (0.5, 0.5))
    assert changes.step_photo(document, 1).point is None


def test_an_added_method_becomes_the_active_one() -> None:
    document = changes.add_method(Document(), EViT())
    assert document.active_entry.method == EViT()


def test_methods_of_one_family_have_slots_of_their_own() -> None:
    document = Document()
    for method in (ToMe(merged=4), PiToMe(), ToMe(merged=2)):
        document = changes.add_method(document, method)
    merging = [e.slot for e in document.entries if e.method.family == ToMe.family]
    assert merging == [0, 1, 2, 3]


def test_a_colour_that_became_free_is_given_again_and_the_others_stay() -> None:
    document = changes.add_method(Document(), ToMe(merged=4))
    first = next(e for e in document.entries if e.method == ToMe(merged=8))
    document = changes.remove_method(document, first.id)
    kept = document.active_entry
    assert kept.slot == 1
    document = changes.add_method(document, ToMe(merged=2))
    assert document.active_entry.slot == 0
    assert document.entry(kept.id) == kept


def test_a_changed_method_keeps_its_colour_within_its_family() -> None:
    document = changes.add_method(Document(), ToMe(merged=4))
    active = document.active
    document = changes.set_method(document, active, PiToMe())
    assert document.active_entry.slot == 1
    document = changes.set_method(document, active, EViT())
    assert document.active_entry.slot == 0


def test_what_is_only_timed_has_no_pane() -> None:
    document = changes.add_method(Document(), Floor())
    assert not document.active_entry.is_shown
    assert changes.set_shown(document, document.active, True) is document
    changed = changes.set_method(Document(), 2, Floor())
    entry = changed.entry(2)
    assert entry is not None
    assert not entry.is_shown


def test_the_last_entry_stays() -> None:
    document = changes.with_methods(Document(), [])
    assert len(document.entries) == 1
    assert changes.remove_method(document, document.entries[0].id) is document


def test_methods_from_the_command_line_get_the_truth_in_front() -> None:
    document = changes.with_methods(Document(), [GTP(), GTP(alpha=1.0)])
    assert document.methods == (Unpruned(), GTP(), GTP(alpha=1.0))
    assert [entry.is_shown for entry in document.entries] == [False, True, True]
    assert document.active_entry.method == GTP()


def test_the_truth_alone_has_a_pane() -> None:
    assert changes.with_methods(Document(), []).entries[0].is_shown


@pytest.mark.parametrize(
    "change",
    [
        lambda d: changes.set_layer(d, d.layer),
        lambda d: changes.set_model(d, ModelSpec()),
        lambda d: changes.set_plan(d, MeasurePlan()),
        lambda d: changes.set_overlay(d, d.overlay("graph")),
        lambda d: changes.set_method(d, 2, GTP(propagated=8)),
        lambda d: changes.set_shown(d, 2, True),
        lambda d: changes.set_active(d, 99),
        lambda d: changes.select_photo(d, 99),
        lambda d: changes.remove_photo(d, 99),
        lambda d: changes.add_photos(d, []),
    ],
)
def test_a_change_that_changes_nothing_gives_the_same_document(change: object) -> None:
    document = changes.set_overlay(three_photos(), Document().overlay("graph"))
    assert callable(change)
    assert change(document) is document


def test_an_overlay_takes_the_place_of_those_it_would_hide() -> None:
    document = changes.set_overlay(Document(), OverlayState("grid", True))
    for name in ("score", "held", "similarity"):
        document = changes.show_overlay(document, OverlayState(name, True))
    shown = {overlay.name for overlay in document.overlays if overlay.is_visible}
    assert shown == {"grid", "similarity"}


def test_what_was_chosen_of_a_hidden_overlay_is_kept() -> None:
    factor = OverlayState("score", True, (("values", "first"),))
    document = changes.show_overlay(Document(), factor)
    document = changes.show_overlay(document, OverlayState("held", True))
    assert document.overlay("score").values == (("values", "first"),)
    hidden = changes.show_overlay(document, OverlayState("held", False))
    assert not hidden.overlay("score").is_visible


def test_an_overlay_that_nobody_knows_hides_no_other() -> None:
    document = changes.show_overlay(Document(), OverlayState("score", True))
    document = changes.show_overlay(document, OverlayState("of-a-newer-version", True))
    assert document.overlay("score").is_visible


def test_a_photo_is_pointed_to_another_file() -> None:
    document = changes.add_photos(Document(), ["/a/one.jpg", "/a/two.jpg"])
    first = document.photos[0]
    changed = changes.point_photo_to(document, first.id, "/b/eins.jpg")
    assert changed.photos[0] == PhotoRef(first.id, "eins.jpg", "/b/eins.jpg")
    assert changed.photos[1] is document.photos[1]
    assert changes.point_photo_to(document, first.id, "/a/one.jpg") is document
    assert changes.point_photo_to(document, 99, "/b/eins.jpg") is document
