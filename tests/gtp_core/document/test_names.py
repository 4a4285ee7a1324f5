"""Names that tell entries and their networks apart."""

from __future__ import annotations

from gtp_core import GTP
from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.names import entry_labels, model_names, short_name
from gtp_core.document.subject import ModelSpec

SMALL = ModelSpec("deit_small_patch16_224")


def test_networks_are_named_only_where_they_differ() -> None:
    document = Document()
    assert entry_labels(document) == ("Unpruned", "GTP P=8", "ToMe r=8")
    for entry in (1, 2, 3):
        document = changes.set_entry_model(document, entry, SMALL)
    assert entry_labels(document) == ("Unpruned", "GTP P=8", "ToMe r=8")
    mixed = changes.set_entry_model(document, 2, None)
    assert entry_labels(mixed) == (
        "Unpruned · DeiT-S",
        "GTP P=8 · demo",
        "ToMe r=8 · DeiT-S",
    )


def test_one_method_on_two_networks_needs_no_number() -> None:
    document = changes.add_method(Document(), GTP(propagated=8))
    document = changes.set_entry_model(document, document.active, SMALL)
    names = entry_labels(document)
    assert names[1] == "GTP P=8 · demo"
    assert names[3] == "GTP P=8 · DeiT-S"


def test_what_differs_is_told_across_networks_too() -> None:
    document = changes.add_method(Document(), GTP(propagated=8, alpha=1.0))
    document = changes.set_entry_model(document, document.active, SMALL)
    names = entry_labels(document)
    assert (names[1], names[3]) == ("GTP α=0.1 · demo", "GTP α=1 · DeiT-S")


def test_equal_methods_on_one_network_have_numbers() -> None:
    document = changes.add_method(Document(), GTP(propagated=8))
    document = changes.set_entry_model(document, 3, SMALL)
    names = entry_labels(document)
    assert (names[1], names[3]) == ("GTP P=8 · demo", "GTP P=8 · demo (2)")


def test_listed_networks_have_short_names_and_others_their_own() -> None:
    assert short_name("deit_small_patch16_224") == "DeiT-S"
    assert short_name("vit_base_patch14_dinov2") == "DINOv2-B"
    assert short_name("demo") == "demo"
    assert short_name("my_own_vit") == "my_own_vit"


def test_networks_of_one_short_name_are_called_in_full() -> None:
    names = model_names(
        [ModelSpec("deit_base_patch16_224"), ModelSpec("deit_base_patch16_384")]
    )
    assert names == ("deit_base_patch16_224", "deit_base_patch16_384")


def test_what_differs_in_weights_or_format_says_so() -> None:
    assert model_names(
        [
            ModelSpec("demo"),
            ModelSpec("demo", "random"),
            ModelSpec("demo", "/some/where/mine.pth"),
        ]
    ) == ("demo, auto weights", "demo, random weights", "demo, mine.pth")
    assert model_names([ModelSpec(), ModelSpec(precision="float16")]) == (
        "demo, float32",
        "demo, float16",
    )
