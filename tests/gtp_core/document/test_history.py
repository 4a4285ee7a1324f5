"""Undo is a list of documents."""

from __future__ import annotations

from dataclasses import replace

from gtp_core import GTP, EViT
from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.history import MOST_STEPS, History
from gtp_core.document.subject import ModelSpec


def test_a_removed_photo_and_a_removed_method_come_back() -> None:
    history = History(changes.add_photos(Document(), ["/a/one.jpg", "/a/two.jpg"]))
    start = history.document
    first = start.photos[0].id
    history.apply(changes.remove_photo(history.document, first), "remove one.jpg")
    history.apply(changes.remove_method(history.document, 3), "remove ToMe")
    history.undo()
    assert history.document.entries == start.entries
    history.undo()
    assert history.document.photos == start.photos
    assert history.undo_text is None


def test_redo_does_it_again() -> None:
    history = History(Document())
    history.apply(changes.add_method(history.document, EViT()), "add EViT")
    after = history.document
    history.undo()
    assert history.redo_text == "add EViT"
    history.redo()
    assert history.document.entries == after.entries
    assert history.undo_text == "add EViT"


def test_a_dragged_slider_is_one_step() -> None:
    history = History(Document())
    for count in range(20):
        changed = changes.set_method(history.document, 2, GTP(propagated=count))
        history.apply(changed, "change GTP", "2 propagated")
    history.undo()
    assert history.document == Document()


def test_another_parameter_is_another_step() -> None:
    history = History(Document())
    one = changes.set_method(history.document, 2, GTP(alpha=0.5))
    history.apply(one, "change GTP", "2 alpha")
    two = changes.set_method(one, 2, GTP(alpha=0.5, theta=0.5))
    history.apply(two, "change GTP", "2 theta")
    history.undo()
    assert history.document == one


def test_looking_elsewhere_is_undone_step_by_step() -> None:
    history = History(changes.add_photos(Document(), ["/a/one.jpg", "/a/two.jpg"]))
    start = history.document
    for layer in (1, 2, 3):
        history.apply(changes.set_layer(history.document, layer))
    history.apply(changes.select_point(history.document, (0.5, 0.5)))
    history.apply(changes.step_photo(history.document, 1))
    history.apply(changes.set_active(history.document, 3))
    end = history.document
    for field in ("active", "photo", "point", "layer"):
        history.undo()
        assert getattr(history.document, field) == getattr(start, field)
    assert history.document == start
    while history.redo_text is not None:
        history.redo()
    assert history.document == end


def test_several_steps_of_the_layer_are_undone_together() -> None:
    history = History(Document())
    for layer in (1, 2, 3, 2):
        history.apply(changes.set_layer(history.document, layer))
    assert history.undo_text == "go to another layer"
    history.undo()
    assert history.document == Document()
    assert history.undo_text is None


def test_undoing_a_change_leaves_where_one_looks() -> None:
    history = History(changes.add_photos(Document(), ["/a/one.jpg", "/a/two.jpg"]))
    history.apply(changes.step_photo(history.document, 1))
    history.apply(changes.set_model(history.document, ModelSpec("other")), "change")
    history.undo()
    history.redo()
    history.undo()
    document = history.document
    assert document.model == ModelSpec()
    assert document.photo == document.photos[1].id


def test_looking_around_after_undo_keeps_what_can_be_done_again() -> None:
    history = History(Document())
    history.apply(changes.set_model(history.document, ModelSpec("other")), "change")
    history.undo()
    history.apply(changes.set_layer(history.document, 4))
    assert history.redo_text == "change"
    history.redo()
    assert history.document.model == ModelSpec("other")
    assert history.document.layer == 4


def test_undo_neither_starts_nor_stops_a_measurement() -> None:
    history = History(Document())
    history.apply(changes.add_method(history.document, EViT()), "add EViT")
    stopped = replace(history.document.plan, is_live=False)
    history.apply(changes.set_plan(history.document, stopped))
    history.undo()
    assert not history.document.plan.is_live


def test_a_new_change_after_undo_ends_the_other_future() -> None:
    history = History(Document())
    history.apply(changes.add_method(history.document, EViT()), "add EViT")
    history.undo()
    history.apply(changes.add_method(history.document, GTP()), "add GTP")
    assert history.redo_text is None


def test_an_id_is_never_given_twice() -> None:
    history = History(Document())
    history.apply(changes.add_method(history.document, EViT()), "add EViT")
    used = history.document.active
    history.undo()
    history.apply(changes.add_method(history.document, GTP()), "add GTP")
    assert history.document.active != used


def test_it_is_bounded() -> None:
    history = History(Document())
    for count in range(MOST_STEPS + 50):
        plan = changes.set_method(history.document, 2, GTP(propagated=count % 7))
        history.apply(plan, "change", f"{count}")
    steps = 0
    while history.undo_text is not None:
        history.undo()
        steps += 1
    assert steps == MOST_STEPS


def test_photos_of_all_documents_are_known() -> None:
    history = History(changes.add_photos(Document(), ["/a/one.jpg"]))
    first = history.document.photos[0].id
    history.apply(changes.remove_photo(history.document, first), "remove")
    assert history.photo_ids() == {first}


def test_what_is_shown_for_a_while_makes_no_step() -> None:
    document = Document()
    history = History(document)
    history.show(replace(document, layer=4))
    assert history.document.layer == 4
    assert history.undo_text is None
    assert history.redo_text is None
