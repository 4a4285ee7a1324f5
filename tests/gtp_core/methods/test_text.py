"""The text form of methods: what it reads, writes and refuses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

import gtp_core as gtp
from gtp_core.methods.text import format_value, parse_schedule, read_schedule

R = gtp.LayerRange

TEXTS = [
    ("unpruned", gtp.Unpruned()),
    ("unpruned:attention=eager", gtp.Unpruned("eager")),
    ("gtp:P=8", gtp.GTP()),
    ("gtp:P=0", gtp.GTP(0)),
    ("gtp:P=8,alpha=0.2,theta=0.9", gtp.GTP(alpha=0.2, theta=0.9)),
    (
        "gtp:P=4,graph=spatial,M=16,select=cls_attn_mean,propagate=mean,scale=false",
        gtp.GTP(
            4,
            graph="spatial",
            neighbours=16,
            selection="cls_attn_mean",
            propagation="mean",
            token_scale=False,
        ),
    ),
    ("gtp:P=4/8/8/12", gtp.GTP((4, 8, 8, 12))),
    ("gtp:P=8@3-9", gtp.GTP(R(8, 3, 9))),
    ("gtp:P=5/", gtp.GTP((5,))),
    ("gtp:P=8,alpha=0", gtp.GTP(alpha=0)),
    ("gtp:P=8,alpha=1e-07", gtp.GTP(alpha=1e-7)),
    ("gtp:P=8,alpha=2", gtp.GTP(alpha=2)),
    ("tome:r=8", gtp.ToMe()),
    ("tome:r=8,inflection=-1", gtp.ToMe(inflection=-1)),
    ("tome:r=6,inflection=0.5,proportional=false", gtp.ToMe(6, 0.5, False)),
    ("topk:K=8", gtp.TopK()),
    ("topk:K=8,select=random", gtp.TopK(selection="random")),
    ("evit:K=8", gtp.EViT()),
    ("random:K=8,seed=3", gtp.RandomDrop(seed=3)),
    ("radial:K=8", gtp.RadialDrop()),
    ("grid:K=8", gtp.GridDrop()),
    ("floor:K=8", gtp.Floor()),
]


@pytest.mark.parametrize(("text", "method"), TEXTS, ids=[text for text, _ in TEXTS])
def test_text_and_method_round_trip(text: str, method: gtp.MethodBase) -> None:
    assert gtp.parse_method(text) == method
    assert str(method) == text
    assert gtp.parse_method(str(method)) == method


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("gtp", gtp.GTP()),
        ("gtp:", gtp.GTP()),
        ("  GTP : P = 8 , alpha = 0.1 ", gtp.GTP()),
        ("gtp:P=8,", gtp.GTP()),
        ("gtp:alpha=.5", gtp.GTP(alpha=0.5)),
        ("gtp:theta=0.9,P=3", gtp.GTP(3, theta=0.9)),
        ("gtp:propagated=4,neighbours=2", gtp.GTP(4, neighbours=2)),
        ("gtp:P=8@5", gtp.GTP(R(8, 5, 5))),
        ("gtp:scale=off", gtp.GTP(token_scale=False)),
        ("gtp:scale=YES", gtp.GTP(token_scale=True)),
        ("gtp:P=8,alpha=0.1,theta=0.9,graph=mixed,M=8,select=mixed_attn_max",
         gtp.GTP(theta=0.9)),
    ],
)  # fmt: skip
def test_other_ways_to_write_the_same(text: str, method: gtp.MethodBase) -> None:
    assert gtp.parse_method(text) == method


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Unknown method ''"),
        ("gpt:P=8", "Unknown method 'gpt' in 'gpt:P=8'; allowed: unpruned, gtp, tome"),
        ("gtp:Q=8", "GTP has no parameter 'Q'"),
        ("gtp:Q=8", "allowed: P, alpha, theta, graph, M, select, propagate, scale"),
        ("gtp:8", "GTP has no parameter '8'"),
        ("gtp:P=8,P=9", "P is given twice"),
        ("gtp:P=8,propagated=9", "propagated is given twice"),
        ("gtp:P=", "GTP: propagated is ''; allowed: 8, 4/8/8/12, 8@3-9 or @file.json"),
        ("gtp:P=x", "GTP: propagated is 'x'"),
        ("gtp:P=2.5", "GTP: propagated is '2.5'"),
        ("gtp:P=-1", "GTP: propagated is -1; allowed: a whole number >= 0"),
        ("gtp:P=4/-1", "GTP: propagated is (4, -1)"),
        ("gtp:P=nan", "GTP: propagated is 'nan'"),
        ("gtp:P=8@9-3", "GTP: propagated is '8@9-3'"),
        ("gtp:P=8@0-3", "GTP: propagated is '8@0-3'"),
        ("gtp:P=8@", "GTP: propagated is '8@'"),
        ("gtp:alpha=", "GTP: alpha is ''; allowed: a finite number >= 0"),
        ("gtp:alpha=nan", "GTP: alpha is nan; allowed: a finite number >= 0"),
        ("gtp:alpha=-1", "GTP: alpha is -1.0; allowed: a finite number >= 0"),
        ("gtp:theta=2", "GTP: theta is 2.0; allowed: a finite number > 0 and <= 1"),
        ("gtp:M=0", "GTP: neighbours is 0; allowed: a whole number >= 1"),
        ("gtp:M=1.5", "GTP: neighbours is '1.5'; allowed: a whole number >= 1"),
        ("gtp:graph=full", "GTP: graph is 'full'; allowed: one of mixed, spatial"),
        ("gtp:scale=maybe", "GTP: token_scale is 'maybe'; allowed: true or false"),
        ("unpruned:K=3", "Unpruned has no parameter 'K'"),
        ("gtp:P=@missing.json", "GTP: propagated: missing.json does not exist; check"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        gtp.parse_method(text)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message


def test_a_schedule_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps([4, 8, 8, 12]))
    assert gtp.parse_method(f"gtp:P=@{path}") == gtp.GTP((4, 8, 8, 12))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1, 2", "is not valid JSON"),
        ("", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("8", "does not hold a list of whole numbers"),
        ("[1, 2.5]", "does not hold a list of whole numbers"),
        ("[true]", "does not hold a list of whole numbers"),
        ('{"P": [1]}', "does not hold a list of whole numbers"),
        ("[-1]", "allowed: a whole number >= 0"),
        ("[]", "allowed: a whole number >= 0"),
        ("[NaN]", "does not hold a list of whole numbers"),
    ],
)
def test_a_file_that_holds_no_schedule(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "counts.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=words):
        gtp.parse_method(f"gtp:P=@{path}")


def test_a_mark_of_the_byte_order_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text("[1, 2]", encoding="utf-8-sig")
    assert read_schedule(path) == (1, 2)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_bytes(b"\xff\xfe\x00[1]")
    with pytest.raises(ValueError, match="is not valid JSON"):
        read_schedule(path)


@pytest.mark.skipif(os.name != "posix", reason="POSIX has these files")
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match=r"propagated: .*pipe\.json is a pipe, not a"):
        gtp.parse_method(f"gtp:P=@{tmp_path / 'pipe.json'}")
    with pytest.raises(ValueError, match=r"propagated: .*zero\.json is a device, not"):
        gtp.parse_method(f"gtp:P=@{tmp_path / 'zero.json'}")


def test_a_large_file_is_no_schedule(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text("[" + "1, " * 400_000 + "1]")
    with pytest.raises(ValueError, match=r"counts\.json is larger than 1 MB"):
        read_schedule(path)


def test_a_long_path_of_a_schedule_is_shown_in_part() -> None:
    with pytest.raises(ValueError, match=r"a/a/.*….*/a/x cannot be read") as caught:
        gtp.parse_method("gtp:P=@" + "a/" * 6000 + "x")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (0.1, "0.1"),
        (1.0, "1"),
        ((1, 2), "1/2"),
        ((1,), "1/"),
        (R(1, 2, 3), "1@2-3"),
        ("mixed", "mixed"),
    ],
)
def test_values_in_text(value: object, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize("value", [0, 12, (4,), (1, 0, 7), R(3, 1, 2)], ids=str)
def test_schedules_round_trip(value: object) -> None:
    assert parse_schedule(format_value(value)) == value


def test_a_gap_in_a_list_of_counts_is_no_count() -> None:
    with pytest.raises(ValueError, match="'4//8'"):
        gtp.parse_method("gtp:P=4//8")
