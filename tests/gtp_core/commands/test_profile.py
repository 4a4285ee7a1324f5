"""``gtp profile``: latency with verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gtp_core.measuring import timing
from gtp_core.records import report
from tests.gtp_core.commands import RANDOM

CPU = ("--device", "cpu")
WORDS = {
    "faster": "% faster than",
    "slower": "% slower than",
    "same": "As fast as",
    "undecided": "No difference from",
}


def replay(monkeypatch: pytest.MonkeyPatch, *seconds: float, stop: int = 0) -> None:
    """Let the methods take these times in each round; interrupt in round `stop`.

    Times differ by 2 % from round to round, in turn up and down for each method, so
    that methods of equal times are never told apart.
    """

    def measure(forwards: list[Any], *rest: Any, **_: Any) -> Iterator[timing.Timing]:
        for turn in range(rest[-1]):
            for method in range(len(forwards)):
                share = 1.02 if (turn + method) % 2 else 1.0
                yield timing.Timing(method, turn, seconds[method] * share)
                if turn + 1 == stop:
                    raise KeyboardInterrupt

    monkeypatch.setattr(timing, "measure", measure)


def test_it_compares_with_the_unpruned_network(gtp: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    method = ("--method", "gtp:P=8")
    ran = gtp("profile", *method, "--rounds", 10, *CPU, "--json", file)
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "batch 1, float32, eager" in ran.out
    found = report.load_json(file, "profile")
    names = [entry["method"] for entry in found["samples"]]
    assert names == ["unpruned", "gtp:P=8", "floor:K=8"]
    for entry in found["samples"]:
        assert len(entry["seconds"]) == 10
        low, high = entry["quartile_seconds"]
        assert 0 < low <= entry["median_seconds"] <= high
    assert WORDS[found["comparisons"][0]["verdict"]] in ran.out
    assert found["environment"]["threads"] >= 1


def test_a_comparison_in_json_has_these_names(
    gtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, 1.0, 0.8, 0.7)
    found = gtp("profile", "--method", "gtp:P=8", *CPU, "--json").report
    comparison, _ = found["comparisons"]
    assert comparison == {
        "method": "gtp:P=8",
        "baseline": "unpruned",
        "ratio": pytest.approx(0.8, rel=0.02),
        "interval": [pytest.approx(0.8 / 1.02), pytest.approx(0.8 * 1.02)],
        "verdict": "faster",
        "rounds": 10,
    }


def test_it_ends_when_every_method_has_a_verdict(
    gtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, 1.0, 0.8, 0.7)
    found = gtp("profile", "--method", "gtp:P=8", *CPU, "--json").report
    assert found["rounds"] == 10
    assert [entry["verdict"] for entry in found["comparisons"]] == ["faster"] * 2


def test_a_method_may_be_measured_against_itself(
    gtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, 1.0, 1.0, 0.8, 0.8, 0.7)
    twice = [*2 * ("--method", "unpruned"), *2 * ("--method", "gtp:P=8")]
    found = gtp("profile", *twice, *CPU, "--rounds", 30, "--json").report
    names = [entry["method"] for entry in found["samples"]]
    assert names == ["unpruned", "unpruned (2)", "gtp:P=8", "gtp:P=8 (2)", "floor:K=8"]
    verdicts = {entry["method"]: entry["verdict"] for entry in found["comparisons"]}
    assert verdicts["unpruned (2)"] == "undecided"
    assert verdicts["gtp:P=8 (2)"] == "faster"
    assert found["rounds"] == 30


def test_it_says_what_it_ran_in(gtp: Any) -> None:
    one = ("--method", "unpruned", "--rounds", 1)
    ran = gtp("profile", *one, *CPU, "--precision", "bfloat16", "--json")
    assert ran.code == 0, ran.err
    assert (ran.report["precision"], ran.report["runtime"]) == ("bfloat16", "eager")
    assert [entry["method"] for entry in ran.report["samples"]] == ["unpruned"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_runtime_that_cannot_be_had_is_said(gtp: Any) -> None:
    ran = gtp("profile", *CPU, "--runtime", "cuda-graph")
    assert (ran.code, ran.out) == (1, "")
    assert "needs a CUDA device" in ran.err


# --- the images ----------------------------------------------------------------------


def first_input(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """Receives what is timed."""
    seen: list[torch.Tensor] = []
    timed = timing.measure

    def measure(forwards: Any, images: torch.Tensor, *rest: Any, **more: Any) -> Any:
        seen.append(images)
        return timed(forwards, images, *rest, **more)

    monkeypatch.setattr(timing, "measure", measure)
    return seen


ONCE = ("--method", "unpruned", "--rounds", 1, "--no-floor", *RANDOM)


def test_it_measures_on_the_given_photos(
    gtp: Any, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = first_input(monkeypatch)
    good = [photos / name for name in ("a.png", "c.png")]
    ran = gtp("profile", *good, "--batch", 3, *ONCE, "--json")
    assert ran.code == 0, ran.err
    assert ran.report["photos"] == [str(path) for path in good]
    (images,) = seen
    assert len(images) == 3
    assert torch.equal(images[0], images[2])
    assert not torch.equal(images[0], images[1])
    text = gtp("profile", *good, "--batch", 3, *ONCE).out
    assert "1 round on 2 photos, repeated, interleaved" in text


def test_without_photos_it_says_that_pixels_are_random(gtp: Any) -> None:
    assert "on random pixels" in gtp("profile", *ONCE).out
    assert gtp("profile", *ONCE, "--json").report["photos"] == []


def test_photos_that_cannot_be_used_are_said(gtp: Any, photos: Path) -> None:
    ran = gtp("profile", photos, *ONCE, "--batch", 2, "--json")
    assert ran.code == 1
    assert "b.jpg" in ran.err
    assert len(ran.report["photos"]) == 2
    ran = gtp("profile", photos / "b.jpg", *ONCE)
    assert (ran.code, ran.out) == (1, "")
    assert "none of the images can be used" in ran.err


# --- attention -----------------------------------------------------------------------


@pytest.mark.parametrize("way", ["fused", "explicit"])
def test_attention_can_be_pinned(gtp: Any, way: str) -> None:
    found = gtp("profile", *ONCE, "--attention", way, "--json").report
    assert found["attention_policy"] == way
    assert set(found["attention"][0]) == {way}


def test_the_choices_of_an_earlier_report_are_taken(gtp: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    gtp("profile", *ONCE, "--json", first)
    earlier = report.load_json(first)
    choices = earlier["attention_choices"]
    assert choices
    turned = {
        question: "explicit" if way == "fused" else "fused"
        for question, way in choices.items()
    }
    report.save_json(first, "profile", earlier | {"attention_choices": turned})
    ran = gtp("profile", *ONCE, "--attention", first, "--json", second)
    assert ran.code == 0, ran.err
    found = report.load_json(second)
    assert found["attention_choices"] == turned
    assert found["attention_policy"] == str(first)


def test_a_file_that_pins_nothing_is_refused(gtp: Any, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    gtp("models", "--json", file)
    ran = gtp("profile", *ONCE, "--attention", file)
    assert ran.code == 2
    assert "is a models report, not profile" in ran.err


# --- too early -----------------------------------------------------------------------


def test_an_interrupted_profile_tells_what_was_measured(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, *[1.0] * 3, stop=12)
    file = tmp_path / "out.json"
    ran = gtp("profile", "--method", "gtp:P=8", *RANDOM, "--json", file)
    assert ran.code == 130
    assert "11 rounds on random pixels" in ran.out
    assert ran.err.endswith("gtp profile: interrupted.\n")
    found = report.load_json(file, "profile")
    assert (found["rounds"], found["interrupted"]) == (11, True)


def test_too_few_rounds_for_a_verdict_are_said_at_once(gtp: Any) -> None:
    ran = gtp("profile", "--rounds", "2", "--method", "gtp:P=8", *RANDOM)
    assert "2 rounds are too few for a verdict; it takes 10 or more." in ran.err
