"""``gtp evaluate``: accuracy and agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.gtp_core.commands import RANDOM


def test_evaluate_counts_labelled_folders(gtp: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder in ("n01443537", "tiger_shark", "holiday"):
        (tmp_path / "val" / folder).mkdir(parents=True)
        for number in range(2):
            pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            name = f"{number}.png"
            Image.fromarray(pixels).save(tmp_path / "val" / folder / name)

    ran = gtp(
        "evaluate", tmp_path / "val", "--model", "deit_tiny_patch16_224", *RANDOM,
        "--method", "gtp:P=0", "--method", "topk:K=8", "--batch", 4, "--json",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert "2 images have no folder named after a class" in ran.err
    found = ran.report
    assert (found["images"], found["labelled"]) == (6, 4)
    truth, idle, reduced = found["methods"]
    assert (truth["agreement"], truth["kl_nats"], truth["macs_ratio"]) == (1, 0, 1)
    assert idle["agreement"] == 1
    assert idle["kl_nats"] == pytest.approx(0, abs=1e-6)
    assert idle["top1"] == truth["top1"]
    assert reduced["kl_nats"] > 0
    assert reduced["macs_ratio"] < 0.8


def test_evaluate_prints_markdown(gtp: Any, photos: Path) -> None:
    ran = gtp("evaluate", photos / "a.png", *RANDOM, "--markdown")
    assert ran.code == 0
    assert "| method | top-1 | top-5 | same answer |" in ran.out
    assert "| unpruned | – | – | 100.00 % | 0.0000 |" in ran.out


def test_evaluate_without_a_usable_image_fails(gtp: Any, photos: Path) -> None:
    ran = gtp("evaluate", photos / "b.jpg", *RANDOM)
    assert ran.code == 1
    assert "none of the images can be used" in ran.err
