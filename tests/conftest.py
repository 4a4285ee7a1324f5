"""What every test relies on: no screen is needed, and no process waits for cores."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The networks here are small. Threads that wait for each other by spinning, in several
# processes at once, make the tests take many times as long on a machine of few cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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
