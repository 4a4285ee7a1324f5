"""``gtp predict``: answers side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gtp_core.commands import CAT, RANDOM


def test_predict_shows_methods_side_by_side(gtp: Any) -> None:
    ran = gtp("predict", CAT, *RANDOM, "--method", "gtp:P=4", "--method", "tome:r=4")
    assert ran.code == 0
    assert "cat.jpg  451 × 300 pixels" in ran.out
    for text in ("unpruned", "gtp:P=4", "tome:r=4"):
        assert text in ran.out.splitlines()[1]
    assert ran.err.count("\n") == 1
    assert "warning" in ran.err


def test_predict_as_json_is_alone_on_standard_output(gtp: Any) -> None:
    found = gtp("predict", CAT, *RANDOM, "--json").report
    assert (found["kind"], found["version"]) == ("predict", 1)
    assert found["random_weights"] is True
    results = found["images"][0]["results"]
    assert [result["method"] for result in results] == [
        "unpruned",
        "gtp:P=8",
        "tome:r=8",
    ]
    for result in results:
        shares = [entry["probability"] for entry in result["top"]]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1
        same = result["top"][0]["class"] == results[0]["top"][0]["class"]
        assert result["agrees"] == same


def test_nothing_removed_changes_nothing(gtp: Any) -> None:
    found = gtp("predict", CAT, *RANDOM, "--method", "gtp:P=0", "--json").report
    truth, idle = found["images"][0]["results"]
    for left, right in zip(truth["top"], idle["top"], strict=True):
        assert left["class"] == right["class"]
        assert left["probability"] == pytest.approx(right["probability"], abs=1e-5)


def test_a_broken_image_is_named_and_the_others_go_on(gtp: Any, photos: Path) -> None:
    ran = gtp("predict", photos, photos / "none.png", *RANDOM, "--json")
    assert ran.code == 1
    assert [image["photo"] for image in ran.report["images"]] == ["a.png", "c.png"]
    messages = [failure["message"] for failure in ran.report["failures"]]
    assert len(messages) == 2
    assert any("b.jpg is not an image" in message for message in messages)
    assert any("none.png does not exist" in message for message in messages)
    for message in messages:
        assert message in ran.err


def test_a_folder_without_images_is_said(gtp: Any, tmp_path: Path) -> None:
    ran = gtp("predict", tmp_path, *RANDOM)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no image in" in ran.err


def test_what_is_not_a_number_is_no_answer(gtp: Any) -> None:
    for command in ("predict", "trace", "evaluate"):
        method = ("--method", "gtp:P=8,alpha=1e38")
        ran = gtp(command, CAT, *method, "--device", "cpu")
        assert ran.code == 1, command
        assert "not a number" in ran.err or "not numbers" in ran.err


def test_a_network_without_classes_is_refused_before_its_weights(gtp: Any) -> None:
    ran = gtp("predict", CAT, "--model", "vit_small_patch14_dinov2")
    assert ran.code == 2
    assert "has no classifier" in ran.err
