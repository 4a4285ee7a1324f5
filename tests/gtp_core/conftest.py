"""Tests of the core leave processor cores to whoever shares the machine."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _few_threads() -> None:
    torch.set_num_threads(1)
