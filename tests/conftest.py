"""What every test relies on: no screen is needed."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log goes to a file of this test and is closed after it."""
    file = tmp_path / "log" / "gtp.log"
    monkeypatch.setenv("GTP_VIEWER_LOG", str(file))
    root = logging.getLogger()
    before = list(root.handlers)
    yield file
    logging.captureWarnings(False)
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
