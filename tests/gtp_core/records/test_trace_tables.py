"""Traces as CSV: one row for each layer, or for each patch."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np

from gtp_core.records.trace_tables import (
    LAYER_HEADINGS,
    PATCH_HEADINGS,
    csv_bytes,
    layers_csv,
    patches_csv,
)
from tests.gtp_core.drawing.scenes import gtp_trace, tome_trace


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_row_for_each_layer_of_each_trace() -> None:
    found = rows(layers_csv([("a.png", "GTP", gtp_trace()), ("b", "T", tome_trace())]))
    assert tuple(found[0]) == LAYER_HEADINGS
    assert [row["layer"] for row in found] == ["1", "2", "3", "1", "2"]
    assert (found[0]["photo"], found[3]["method"]) == ("a.png", "T")
    assert [row["tokens left"] for row in found] == ["14", "12", "12", "15", "15"]
    assert found[0]["smallest weight"] == "0.01"
    assert found[2]["smallest weight"] == ""  # nothing is handed over
    assert found[1]["orphans"] == "1"


def test_a_row_for_each_patch_says_when_it_left_and_where_to() -> None:
    found = rows(patches_csv([("a.png", "GTP", gtp_trace())]))
    assert tuple(found[0]) == PATCH_HEADINGS
    assert len(found) == 16
    first, orphan, stays = found[0], found[12], found[1]
    assert (first["left in layer"], first["receivers"]) == ("1", "2")
    assert (first["largest receiver"], first["share handed over"]) == ("1", "0.06")
    assert (orphan["receivers"], orphan["largest receiver"]) == ("0", "")
    assert orphan["share held at the end"] == "0"
    assert (stays["left in layer"], stays["share held at the end"]) == ("", "1")
    assert (found[13]["row"], found[13]["column"]) == ("3", "1")


def test_a_name_is_never_a_formula() -> None:
    data = csv_bytes(("name",), [("=cmd()",), ('a "quoted", name',), (None,), (-1.5,)])
    assert data.decode().splitlines() == [
        "name",
        "'=cmd()",
        '"a ""quoted"", name"',
        '""',
        "-1.5",
    ]


def test_a_row_says_the_method_in_full_and_what_was_marked() -> None:
    trace = replace(gtp_trace(), pinned=np.array([3, 4]), forced=np.array([5]))
    for make in (layers_csv, patches_csv):
        first = rows(make([("a.png", "GTP", trace)]))[0]
        assert first["setting"] == trace.method
        assert (first["must stay"], first["must leave"]) == ("3 4", "5")
