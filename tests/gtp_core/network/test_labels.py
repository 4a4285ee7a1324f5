"""Names of folders and files stand for classes."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm

from gtp_core.network.labels import Labels


@pytest.fixture(scope="module")
def imagenet() -> Labels:
    vit = timm.create_model("deit_tiny_patch16_224", depth=1)
    return Labels.of(vit)


@pytest.mark.parametrize(
    "name",
    [
        "n01443537",
        "goldfish",
        "Goldfish",
        "Carassius_auratus",
        "n01443537_goldfish",
        "goldfish, Carassius auratus",
    ],
)
def test_many_spellings_of_one_class(imagenet: Labels, name: str) -> None:
    assert imagenet.of_name(name) == 1


@pytest.mark.parametrize("name", ["crane", "n00000000", "photos", "", "n014435370"])
def test_unknown_and_ambiguous_names_stand_for_nothing(
    imagenet: Labels, name: str
) -> None:
    assert imagenet.of_name(name) is None


def test_the_nearest_folder_decides_then_the_file_s_own_name(imagenet: Labels) -> None:
    assert imagenet.of_path(Path("/val/n01443537/x.JPEG")) == 1
    assert imagenet.of_path(Path("/val/n01443537/images/x.JPEG")) == 1
    assert imagenet.of_path(Path("/goldfish/great_white_shark/x.JPEG")) == 2
    assert imagenet.of_path(Path("/photos/n01443537_goldfish.JPEG")) == 1
    assert imagenet.of_path(Path("/photos/x.JPEG")) is None
    assert imagenet.of_path(Path("/goldfish/holiday/beach/x.JPEG")) is None


def test_a_network_of_unknown_classes_knows_no_label() -> None:
    vit = timm.create_model("deit_tiny_patch16_224", depth=1, num_classes=7)
    assert not Labels.of(vit)


def test_names_given_with_the_weights_are_used() -> None:
    vit = timm.create_model("deit_tiny_patch16_224", depth=1, num_classes=2)
    vit.class_names = ("tabby", "espresso")
    assert Labels.of(vit).of_name("Espresso") == 1


def test_folders_above_the_given_one_tell_nothing(
    imagenet: Labels, tmp_path: Path
) -> None:
    photos = tmp_path / "goldfish" / "photos"
    (photos / "n01443537").mkdir(parents=True)
    (photos / "holiday").mkdir()
    assert imagenet.of_path(photos / "x.jpg", [photos]) is None
    assert imagenet.of_path(photos / "n01443537" / "x.jpg", [photos]) == 1
    inside = photos / "n01443537"
    assert imagenet.of_path(inside / "x.jpg", [inside]) == 1, "the given one does"


def test_a_files_name_does_not_overrule_the_folder_it_was_put_into(
    imagenet: Labels, tmp_path: Path
) -> None:
    (tmp_path / "holiday").mkdir()
    assert imagenet.of_path(tmp_path / "goldfish.jpg", [tmp_path]) == 1
    assert imagenet.of_path(tmp_path / "holiday" / "goldfish.jpg", [tmp_path]) is None
