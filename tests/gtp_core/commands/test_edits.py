"""``--keep`` and ``--drop``: the answer and the trace if patches must stay or go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gtp_core.records.trace_file import load_trace
from tests.gtp_core.commands import CAT, RANDOM


def removed(report: dict[str, Any]) -> list[int]:
    layers = report["traces"][0]["layers"]
    return [patch for layer in layers for patch in layer["removed"]]


def test_patches_are_kept_and_dropped(gtp: Any, tmp_path: Path) -> None:
    plain = removed(gtp("trace", CAT, *RANDOM, "--json").report)
    keep, drop = plain[:2], [p for p in range(196) if p not in plain][:3]
    lists = ("--keep", ",".join(map(str, keep)), "--drop", ",".join(map(str, drop)))
    npz = tmp_path / "edited.npz"
    report = gtp("trace", CAT, *RANDOM, *lists, "--npz", npz, "--json").report
    assert not set(keep) & set(removed(report))
    assert set(drop) <= set(report["traces"][0]["layers"][0]["removed"])
    assert (report["keep"], report["drop"]) == (sorted(keep), drop)
    assert load_trace(npz).pinned.tolist() == sorted(keep)


def test_the_answer_follows(gtp: Any) -> None:
    plain = gtp("predict", CAT, *RANDOM, "--json").report["images"][0]["results"]
    every = ",".join(map(str, range(0, 196, 2)))
    report = gtp("predict", CAT, *RANDOM, "--keep", every, "--json").report
    edited = report["images"][0]["results"]
    assert report["keep"] == list(range(0, 196, 2))
    assert edited[0] == plain[0]  # the unpruned network
    assert edited[1] != plain[1]


def test_what_could_not_be_done_is_said(gtp: Any) -> None:
    every = ",".join(map(str, range(196)))
    ran = gtp("trace", CAT, *RANDOM, "--keep", every)
    assert ran.code == 0
    assert "of 196 patches that must stay left all the same" in ran.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--keep", "3,x"), "'3,x' is not a list of patch numbers such as 17,18,31"),
        (("--drop", "-4"), "--drop"),
        (("--keep", "196"), "There is no patch 196; this network has patches 0 to 195"),
        (("--keep", "3", "--drop", "3,4"), "patch 3 stands in --keep and in --drop"),
    ],
)
def test_what_cannot_be_is_refused(
    gtp: Any, options: tuple[str, ...], words: str
) -> None:
    ran = gtp("trace", CAT, *RANDOM, *options)
    assert ran.code == 2
    assert words in ran.err
    assert ran.out == ""
