"""What the tests of the window share."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Colours, images and signals need one."""
    return qapp


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written outside of the test's folder."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("GTP_VIEWER_LOG", str(path))
    return path
