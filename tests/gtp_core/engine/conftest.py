"""One engine process for all tests that leave it alive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gtp_core.engine.messages import ModelInfo
from gtp_core.logs import LOG_VARIABLE
from tests.gtp_core.engine.harness import Engine, light_command

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session", autouse=True)
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The log file of every engine that these tests start, each with one thread:
    several threads on a busy machine mostly wait for each other."""
    path = tmp_path_factory.mktemp("log") / "engine.log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOG_VARIABLE, str(path))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("PYTHONPATH", str(ROOT))
        yield path


@pytest.fixture(scope="session")
def running_engine(log: Path) -> Iterator[Engine]:
    assert log
    engine = Engine()
    with engine.client:
        yield engine


@pytest.fixture
def engine(running_engine: Engine) -> Iterator[Engine]:
    """The shared engine; whatever a test left running is cancelled."""
    yield running_engine
    running_engine.client.cancel()


@pytest.fixture
def info(engine: Engine) -> ModelInfo:
    """The small network, loaded."""
    return engine.load()


@pytest.fixture
def light() -> Iterator[Engine]:
    """A light engine of the test's own."""
    engine = Engine(light_command())
    with engine.client:
        yield engine
