"""`create_backbone`: one network, its weights, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from gtp_core.backbones import zoo
from gtp_core.backbones.hub import Progress
from gtp_core.backbones.weights import load_file


@dataclass(frozen=True)
class _Origin:
    """Attributes of the finished network that say what its weights are."""

    weights_source: str
    weights_note: str
    is_random: bool
    class_names: tuple[str, ...] | None


def create_backbone(
    name: str,
    weights: str | Path | None = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    img_size: int | tuple[int, int] | None = None,
) -> nn.Module:
    """The network `name` in eval mode, on the CPU, in float32.

    `weights` is "auto" (bundled or pretrained), None or "random" (the same for the
    same `seed`; torch's own generator is left as it was), or a file. `img_size`, in
    pixels, one number or (height, width), resizes the position embedding.
    `progress(fraction or None, text)` hears of what takes long.

    The network carries `backbone_name`, `class_names` (None where unknown),
    `weights_source` ("bundled", "hub", "file" or "random"), `weights_note` (one
    sentence) and `is_random`.

    Raises ValueError for a name that is unknown or of no supported network and for
    an image size that the patches do not divide; WeightsError (a ValueError) for
    weights that cannot be had or do not fit.
    """
    report = progress or (lambda _fraction, _text: None)
    recipe = zoo.recipe(name)
    pretrained = recipe.find(progress) if weights == "auto" else None
    report(None, f"Building {name}")
    is_random = weights in (None, "random") or (weights == "auto" and not pretrained)
    vit = _build(recipe, seed if is_random else None, img_size)
    if weights in (None, "random"):
        origin = _random(f"Random weights (seed {seed})")
    elif pretrained is not None:
        load_file(vit, pretrained.path, name)
        origin = _Origin(
            pretrained.source, pretrained.note, False, pretrained.class_names
        )
    elif weights == "auto":
        origin = _random(f"{name} is not bundled yet, so its weights are random")
    else:
        report(None, f"Reading {weights}")
        path = Path(str(weights)).expanduser()
        load_file(vit, path, name)
        note = f"Weights from the file {path.name}."
        origin = _Origin("file", note, False, zoo.names_for(vit))
    if img_size is not None:
        zoo.set_input_size(vit, img_size)
    for key, value in vars(origin).items():
        setattr(vit, key, value)
    vit.backbone_name = name  # type: ignore[assignment]
    return vit.eval()


def _random(reason: str) -> _Origin:
    note = f"{reason}: its predictions mean nothing."
    return _Origin("random", note, True, None)


def _build(
    recipe: zoo.Recipe, seed: int | None, img_size: int | tuple[int, int] | None
) -> nn.Module:
    """The network with random weights; without a seed, with any, to be loaded."""
    if seed is None:
        # drawing weights that are thrown away would take longer than loading
        with torch.device("meta"):
            outline = recipe.build(img_size)
        return outline.to_empty(device="cpu")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return recipe.build(img_size)
