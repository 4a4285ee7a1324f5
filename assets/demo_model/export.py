"""Write the trained network as the two files that the program loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from data import Classes, Photos, normalise, resize_whole
from safetensors.torch import load_file, save_file
from student import MEAN, STD
from timm.models.vision_transformer import VisionTransformer


def build(config: dict[str, Any], weights: Path) -> VisionTransformer:
    """The network of a written ``config`` with the weights beside it."""
    network = VisionTransformer(**config["model"])
    state = {k: v.float() for k, v in load_file(weights).items()}
    network.load_state_dict(state, strict=True)
    return network.eval()


@torch.no_grad()
def accuracy(
    network: VisionTransformer, photos: Photos, size: int
) -> dict[str, float | int]:
    """Top-1 and top-5 in percent on whole photographs, in float32."""
    first = fifth = 0
    for start in range(0, len(photos.labels), 100):
        pixels = resize_whole(photos.images[start : start + 100], size)
        logits = network(normalise(pixels, MEAN, STD))
        labels = photos.labels[start : start + 100, None]
        top = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels
        first += int(top[:, 0].sum())
        fifth += int(top.any(1).sum())
    count = len(photos.labels)
    return {
        "images": count,
        "top1": round(100 * first / count, 2),
        "top5": round(100 * fifth / count, 2),
    }


def export(checkpoint: Path, folder: Path, classes: Classes, held_out: Photos) -> None:
    """Write ``model.safetensors`` (float16) and ``config.json`` to ``folder``."""
    state = torch.load(checkpoint, weights_only=True)
    size = state["arguments"]["img_size"]
    config: dict[str, Any] = {
        "format": 1,
        "architecture": "timm.models.vision_transformer.VisionTransformer",
        "model": state["arguments"],
        "preprocessing": {
            "input_size": [3, size, size],
            "mean": list(MEAN),
            "std": list(STD),
            "interpolation": "bicubic",
            "crop_pct": 1.0,
            "crop_mode": "center",
        },
        "class_names": list(classes.names),
        "wnids": list(classes.wnids),
        "training": {"steps": state["step"], "images": state["images"]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "model.safetensors"
    halves = {k: v.half().contiguous() for k, v in state["vit"].items()}
    save_file(halves, weights, metadata={"format": "pt"})
    config["validation"] = accuracy(build(config, weights), held_out, size)
    text = json.dumps(config, indent=1, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
    print(json.dumps(config["validation"]), f"{weights.stat().st_size / 1e6:.1f} MB")
