"""The network of a command: what is said where it cannot be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.gtp_core.commands import CAT


def test_weights_that_cannot_be_had_are_said_in_one_line(
    gtp: Any, tmp_path: Path
) -> None:
    ran = gtp("predict", CAT, "--weights", tmp_path / "none.safetensors")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "none.safetensors" in ran.err


def test_without_the_hub_the_way_out_is_shown(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path),
        "TORCH_HOME": str(tmp_path),
    }
    arguments = ["predict", CAT, "--model", "deit_tiny_patch16_224"]
    done = subprocess.run(
        [sys.executable, "-m", "gtp_core", *arguments],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "--weights FILE or --weights random" in done.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_said(gtp: Any) -> None:
    ran = gtp("predict", CAT, "--weights", "random", "--device", "cuda")
    assert ran.code == 1
    assert "no cuda device" in ran.err
