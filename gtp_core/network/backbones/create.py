"""`create_backbone`: one network, its weights, and where they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from gtp_core.network.backbones import zoo
from gtp_core.network.backbones.hub import Progress
from gtp_core.network.backbones.weights import load_file


def create_backbone(
    name: str,
    weights: str | Path | None = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    img_size: int | tuple[int, int] | None = None,
) -> nn.Module:
    """The network `name` in eval mode, on the CPU, in float32.

    `weights` is "auto" (bundled or pretrained), a file, or None or "random". Random
    weights are the same for the same `seed`, and torch's own generator is left as it
    was. `img_size` in pixels, one number or (height, width), resizes the position
    embedding. `progress(fraction or None, text)` is called while something takes long.

    The network carries `backbone_name`, `class_names` (None where unknown),
    `weights_source` ("bundled", "hub", "file" or "random"), `weights_note` (one
    sentence) and `is_random`.

    Raises ValueError for a name that is unknown or of no supported network and for
    an image size that the patches do not divide; WeightsError (a ValueError) for
    weights that cannot be had or do not fit.
    """
    report = progress or (lambda _fraction, _text: None)
    recipe = zoo.recipe(name)
    stored = _stored(recipe, weights, progress)
    report(None, f"Building {name}")
    if stored is None:
        vit = _random_network(recipe, seed, img_size)
        origin = _random_origin(name, weights, seed)
    else:
        vit = _empty_network(recipe, img_size)
        report(None, f"Reading {stored.path.name}")
        load_file(vit, stored.path, name)
        origin = _origin(stored, vit)
    if img_size is not None:
        zoo.set_input_size(vit, img_size)
    zoo.set_facts(vit, backbone_name=name, **origin)
    return vit.eval()


def _stored(
    recipe: zoo.Recipe, weights: str | Path | None, progress: Progress | None
) -> zoo.Stored | None:
    """The file to load; None for random weights."""
    if weights is None or weights == "random":
        return None
    if weights == "auto":
        return recipe.find(progress)
    path = Path(weights).expanduser()
    return zoo.Stored(path, "file", f"Weights from the file {path.name}.")


def _random_network(
    recipe: zoo.Recipe, seed: int, img_size: int | tuple[int, int] | None
) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        # the CPU's generator alone: torch.manual_seed would touch every device's
        torch.default_generator.manual_seed(seed)
        return recipe.build(img_size)


def _empty_network(
    recipe: zoo.Recipe, img_size: int | tuple[int, int] | None
) -> nn.Module:
    """The network without values, because drawing random ones takes long."""
    with torch.device("meta"):
        outline = recipe.build(img_size)
    return outline.to_empty(device="cpu")


def _origin(stored: zoo.Stored, vit: nn.Module) -> dict[str, Any]:
    return {
        "weights_source": stored.source,
        "weights_note": stored.note,
        "is_random": False,
        "class_names": zoo.class_names(vit),
    }


def _random_origin(name: str, weights: str | Path | None, seed: int) -> dict[str, Any]:
    reason = f"Random weights (seed {seed})"
    if weights == "auto":
        reason = f"{reason}, because this installation holds no weights of {name}"
    return {
        "weights_source": "random",
        "weights_note": f"{reason}: its predictions mean nothing.",
        "is_random": True,
        "class_names": None,
    }
