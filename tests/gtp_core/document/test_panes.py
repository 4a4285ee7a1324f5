"""Panes of a document: how many, of what, and what keeps them consistent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gtp_core import GTP, Floor, TopK
from gtp_core.document import changes
from gtp_core.document.document import Document, Wipe
from gtp_core.document.history import History
from gtp_core.document.json_form import DocumentError, from_plain, to_plain
from gtp_core.document.panes import (
    MOST_PANES,
    add_difference,
    has_room,
    pane_count,
    remove_difference,
    set_wipe,
    shown_entries,
    tidied,
)
from gtp_core.document.subject import ModelSpec

UNPRUNED, GTP_8, TOME_8 = 1, 2, 3
OTHER = ModelSpec("vit_small_patch32_224", "random")


def full() -> Document:
    """Six panes are shown."""
    document = Document()
    for count in range(1, 5):
        document = changes.add_method(document, TopK(count))
    assert pane_count(document) == MOST_PANES
    return document


def test_the_seventh_pane_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="Six panes are shown") as refused:
        changes.set_shown(full(), UNPRUNED, True)
    assert str(refused.value).count(".") == 1
    with pytest.raises(ValueError, match="Six panes are shown"):
        add_difference(full(), GTP_8, TOME_8)


def test_a_seventh_method_is_compared_without_a_pane() -> None:
    document = changes.add_method(full(), GTP(propagated=2))
    assert not document.active_entry.is_shown
    assert len(shown_entries(document)) == MOST_PANES


def test_many_methods_at_once_have_six_panes() -> None:
    methods = [TopK(count) for count in range(1, 10)]
    document = changes.with_methods(Document(), methods)
    assert pane_count(document) == MOST_PANES


def test_a_pair_is_compared_once_whichever_comes_first() -> None:
    document = add_difference(Document(), GTP_8, TOME_8)
    (difference,) = document.differences
    assert add_difference(document, TOME_8, GTP_8) is document
    assert remove_difference(document, difference.id).differences == ()


def test_what_runs_no_photos_or_is_not_there_is_not_compared() -> None:
    document = changes.add_method(Document(), Floor())
    floor = document.active
    for a, b in ((GTP_8, floor), (GTP_8, GTP_8), (GTP_8, 99)):
        assert add_difference(document, a, b) is document
        assert set_wipe(document, Wipe(a, b)) is document


def test_a_difference_counts_as_a_pane() -> None:
    document = Document()
    for count in range(1, 4):
        document = changes.add_method(document, TopK(count))
    assert has_room(document)
    assert not has_room(add_difference(document, GTP_8, TOME_8))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: changes.remove_method(d, TOME_8),
        lambda d: changes.set_method(d, TOME_8, Floor()),
        lambda d: changes.with_methods(d, [GTP()]),
    ],
    ids=["removed", "only timed", "others"],
)
def test_a_comparison_goes_with_its_entry_and_undo_brings_it_back(
    change: object,
) -> None:
    document = add_difference(Document(), GTP_8, TOME_8)
    document = set_wipe(document, Wipe(GTP_8, TOME_8))
    history = History(document)
    assert callable(change)
    history.apply(change(document), "change")
    assert history.document.differences == ()
    assert history.document.wipe is None
    history.undo()
    assert history.document.differences == document.differences
    assert history.document.wipe == document.wipe
    assert tidied(history.document) is history.document


def saved(document: Document) -> Any:
    """What a file holds of a document."""
    return json.loads(json.dumps(to_plain(document)))


def test_networks_differences_and_the_wipe_are_saved() -> None:
    document = changes.set_entry_model(Document(), TOME_8, OTHER)
    document = add_difference(document, GTP_8, UNPRUNED)
    document = set_wipe(document, Wipe(GTP_8, TOME_8))
    assert from_plain(saved(document)) == document


def test_a_file_that_compares_what_is_not_there_is_refused() -> None:
    plain = saved(add_difference(Document(), GTP_8, TOME_8))
    plain["differences"][0]["b"] = 33
    with pytest.raises(DocumentError, match="methods that are not there"):
        from_plain(plain)


def test_a_file_without_these_parts_is_still_read() -> None:
    older = saved(Document())
    del older["differences"], older["wipe"]
    for entry in older["entries"]:
        del entry["model"]
    assert from_plain(older) == Document()


def test_another_device_moves_the_networks_of_single_entries_too() -> None:
    document = changes.set_entry_model(Document(), TOME_8, OTHER)
    moved = changes.set_device(document, "cpu")
    assert {model.device for model in moved.models} == {"cpu"}
    assert changes.set_device(moved, "cpu") is moved
    half = changes.set_precision(moved, "bfloat16")
    assert {model.precision for model in half.models} == {"bfloat16"}
