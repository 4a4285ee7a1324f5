"""A trace that was saved is read back exactly, and nothing else is read."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.records import trace_file
from gtp_core.records.report import ReportError
from gtp_core.records.trace_file import LAYER_ARRAYS, LAYER_OPTIONS
from tests.gtp_core.traces import gtp_trace, tome_trace

EDITED = replace(gtp_trace(), pinned=np.array([3, 4]), forced=np.array([9]))


@pytest.mark.parametrize(
    "trace", [gtp_trace(), tome_trace(), EDITED], ids=["gtp", "tome", "edited"]
)
def test_everything_in_a_trace_survives_a_file(tmp_path: Path, trace) -> None:
    path = tmp_path / "trace.npz"
    gtp.save_trace(path, trace, {"model": "demo", "photo": "cat.jpg"})

    back = gtp.load_trace(path)

    assert (back.method, back.grid, back.averages) == (
        trace.method,
        trace.grid,
        trace.averages,
    )
    assert_same(back, trace, ("logits", "pinned", "forced"))
    assert_same(back.graph, trace.graph, ("source", "target", "weight", "kind"))
    assert len(back.layers) == len(trace.layers)
    for ours, theirs in zip(back.layers, trace.layers, strict=True):
        assert ours.layer == theirs.layer
        assert_same(ours, theirs, LAYER_ARRAYS + LAYER_OPTIONS)
        assert_same(ours.links, theirs.links, ("source", "target", "weight"))
        assert [f.name for f in ours.factors] == [f.name for f in theirs.factors]
        for one, other in zip(ours.factors, theirs.factors, strict=True):
            assert_same(one, other, ("values",))
    last = len(trace.layers) - 1
    assert np.array_equal(back.provenance(last), trace.provenance(last))
    with np.load(path) as file:
        about = json.loads(str(file["header"]))["about"]
    assert about == {"model": "demo", "photo": "cat.jpg"}


def assert_same(ours, theirs, names) -> None:
    if theirs is None:
        assert ours is None
        return
    for name in names:
        left, right = getattr(ours, name), getattr(theirs, name)
        if right is None:
            assert left is None
            continue
        assert left.dtype == right.dtype
        assert np.array_equal(left, right)


def test_a_trace_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    gtp.save_trace(path, gtp_trace())
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays["header"])) | {"version": 2}
    np.savez(path, **(arrays | {"header": np.array(json.dumps(header))}))
    with pytest.raises(ReportError, match=r"has version 2, and this program reads"):
        gtp.load_trace(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(b"not an archive")
    with pytest.raises(ReportError, match="not a trace"):
        gtp.load_trace(path)
    np.savez(path, a=np.arange(3))
    with pytest.raises(ReportError, match="not a trace"):
        gtp.load_trace(path)
    with pytest.raises(ReportError, match="does not exist"):
        gtp.load_trace(str(tmp_path / "none.npz"))
    with pytest.raises(ReportError, match="is a folder"):
        gtp.load_trace(tmp_path)


def test_a_trace_with_something_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    gtp.save_trace(path, gtp_trace())
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files if name != "layer01.kept"}
    np.savez(path, **arrays)
    with pytest.raises(ReportError, match="damaged"):
        gtp.load_trace(path)


def test_damaged_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    gtp.save_trace(path, gtp_trace())
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(30):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 40):
            damaged[place] ^= 0xFF
        path.write_bytes(bytes(damaged))
        with pytest.raises(ReportError, match=r"trace\.npz (is|unpacks) "):
            gtp.load_trace(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReportError, match="not a trace"):
        gtp.load_trace(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.npy", bytes(1_000_000))
    monkeypatch.setattr(trace_file, "LARGEST", 900_000)
    with pytest.raises(ReportError, match="unpacks to 1,000,000 bytes, more than"):
        gtp.load_trace(path)
