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


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report.save_json(path, "flops", {"a": 1})
    with pytest.raises(TypeError):
        report.save_json(path, "flops", {"a": object()})
    assert report.load_json(path)["a"] == 1
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="does not exist"):
        report.load_json(tmp_path / "none.json")
    with pytest.raises(ReportError, match="is a folder"):
        report.load_json(tmp_path)


def test_names_that_are_not_valid_text_are_escaped() -> None:
    found = report.json_bytes("predict", {"path": Path("caf\udce9.jpg")})
    assert b"caf\\udce9.jpg" in found
    assert json.loads(found)["path"] == "caf\udce9.jpg"
