"""What is written can be read back, and nothing else is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gtp_core.methods.gtp import GTP
from gtp_core.records import report
from gtp_core.records.macs import LayerMacs
from gtp_core.records.report import ReportError
from tests.gtp_core.traces import gtp_trace, tome_trace


@pytest.mark.parametrize("trace", [gtp_trace(), tome_trace()], ids=["gtp", "tome"])
def test_everything_in_a_trace_survives_a_file(tmp_path: Path, trace) -> None:
    path = tmp_path / "trace.npz"
    report.save_trace(path, trace, {"model": "demo", "photo": "cat.jpg"})

    back = report.load_trace(path)

    assert (back.method, back.grid, back.averages) == (
        trace.method,
        trace.grid,
        trace.averages,
    )
    assert np.array_equal(back.logits, trace.logits)
    assert_same(back.graph, trace.graph, ("source", "target", "weight", "kind"))
    assert len(back.layers) == len(trace.layers)
    for ours, theirs in zip(back.layers, trace.layers, strict=True):
        assert ours.layer == theirs.layer
        assert_same(ours, theirs, report._LAYER_ARRAYS + report._LAYER_OPTIONS)
        assert_same(ours.links, theirs.links, ("source", "target", "weight"))
    last = len(trace.layers) - 1
    assert np.array_equal(back.provenance(last), trace.provenance(last))
    assert report.trace_about(path) == {"model": "demo", "photo": "cat.jpg"}


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
    report.save_trace(path, gtp_trace())
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays["header"])) | {"version": 2}
    np.savez(path, **(arrays | {"header": np.array(json.dumps(header))}))
    with pytest.raises(ReportError, match=r"has version 2, this program reads"):
        report.load_trace(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(b"not an archive")
    with pytest.raises(ReportError, match="not a trace"):
        report.load_trace(path)
    np.savez(path, a=np.arange(3))
    with pytest.raises(ReportError, match="not a trace"):
        report.load_trace(path)
    with pytest.raises(FileNotFoundError):
        report.load_trace(tmp_path / "none.npz")


def test_a_trace_with_something_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    report.save_trace(path, gtp_trace())
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files if name != "layer01.kept"}
    np.savez(path, **arrays)
    with pytest.raises(ReportError, match="damaged"):
        report.load_trace(path)


def test_json_is_sorted_versioned_and_has_no_nan(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    results = {
        "z": np.float32("nan"),
        "a": [float("inf"), np.int64(3), (1, 2)],
        "method": GTP(propagated=4),
        "macs": LayerMacs(1, 2, 3, 5, 4),
        "path": Path("cat.jpg"),
    }
    report.save_json(path, "flops", results)

    text = path.read_text()
    back = report.load_json(path, "flops")

    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "NaN" not in text
    assert back["version"] == 1
    assert back["z"] is None
    assert back["a"] == [None, 3, [1, 2]]
    assert back["method"] == "gtp:P=4"
    assert back["macs"]["overhead"] == 3
    assert back["path"] == "cat.jpg"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a report"),
        ('{"format": "gtp-report", "version": 9}', "version 9"),
        ('{"format": "gtp-report", "version": 1, "kind": "trace"}', "trace report"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(ReportError, match=words):
        report.load_json(path, "flops")


def test_csv_has_a_header_and_empty_cells_for_what_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [{"method": "gtp:P=4", "x": 1.5}, {"method": "a,b", "x": float("nan")}]
    report.save_csv(path, rows)
    assert path.read_text().splitlines() == ["method,x", "gtp:P=4,1.5", '"a,b",']
    assert report.load_csv(path)[1] == {"method": "a,b", "x": ""}
    assert report.to_csv([]) == ""


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report.save_json(path, "flops", {"a": 1})
    with pytest.raises(TypeError):
        report.save_json(path, "flops", {"a": object()})
    assert report.load_json(path)["a"] == 1
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]
