"""A document goes to JSON and comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gtp_core import GTP, EViT, LayerRange, ToMe
from gtp_core.document import changes
from gtp_core.document.document import (
    DROP,
    KEEP,
    Document,
    MeasurePlan,
    OverlayState,
)
from gtp_core.document.json_form import DocumentError, from_json, to_json
from gtp_core.document.marking import mark_points
from gtp_core.document.subject import ModelSpec


def rich_document() -> Document:
    document = changes.add_photos(Document(), ["/photos/cat.jpg", "/photos/räder.png"])
    document = changes.with_methods(
        document, [GTP(propagated=LayerRange(8, 3, 9), alpha=0.01), ToMe(), EViT()]
    )
    document = changes.set_model(document, ModelSpec("deit_tiny_patch16_224", "random"))
    document = changes.select_point(document, (0.25, 0.75))
    document = changes.set_overlay(
        document, OverlayState("graph", True, (("edges", "150"),))
    )
    document = changes.set_plan(document, MeasurePlan(batch=8, is_live=False))
    document = mark_points(document, [(0.25, 0.5), (0.1, 0.9)], KEEP)
    document = mark_points(document, [(0.75, 0.5)], DROP)
    return changes.set_layer(document, 5)


def test_it_comes_back_equal() -> None:
    document = rich_document()
    assert from_json(to_json(document)) == document


def test_equal_documents_are_equal_texts() -> None:
    assert to_json(rich_document()) == to_json(rich_document())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(format="other"), "not a document"),
        (lambda d: d.update(version=99), "version 99"),
        (lambda d: d["document"].update(layer="three"), "damaged"),
        (lambda d: d["document"].update(layer=-1), "out of its range"),
        (lambda d: d["document"]["marks"][0].update(photo=77), "an unknown photo"),
        (lambda d: d["document"]["marks"][0].update(kind="eat"), "damaged"),
        (
            lambda d: d["document"]["entries"][0].update(method="foo:P=1"),
            "Unknown method",
        ),
        (lambda d: d["document"]["entries"].clear(), "compares no method"),
        (lambda d: d["document"].update(next_id=1), "one number"),
        (lambda d: d["document"]["model"].update(device="toaster"), "toaster"),
    ],
)
def test_damage_is_named_in_one_sentence(change: object, words: str) -> None:
    data = json.loads(to_json(rich_document()))
    assert callable(change)
    change(data)
    with pytest.raises(DocumentError, match=words) as caught:
        from_json(json.dumps(data))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[", "[]", "null", "[" * 100_000, '{"a": 1}'])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        from_json(text)


def test_a_changed_document_has_another_text() -> None:
    document = rich_document()
    assert to_json(document) != to_json(replace(document, layer=1))
