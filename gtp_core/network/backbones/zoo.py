"""From a name to a network: the demo model, LV-ViT, and timm's VisionTransformers."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import timm
import torch
from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset
from timm.models import model_entrypoint
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from gtp_core.assets import asset
from gtp_core.catalogue import BACKBONES
from gtp_core.network.backbones.hub import HubError, Progress, fetch
from gtp_core.network.backbones.lvvit import LVViT
from gtp_core.network.backbones.support import (
    unsupported_class_reason,
    unsupported_reason,
)
from gtp_core.network.backbones.weights import WeightsError

ImageSize = int | tuple[int, int]

_DEMO_ARGUMENTS = {
    "img_size": 112,
    "patch_size": 8,
    "embed_dim": 192,
    "depth": 12,
    "num_heads": 3,
    "num_classes": 100,
}
_IMAGENET_PREPROCESSING = {
    "mean": (0.485, 0.456, 0.406),
    "std": (0.229, 0.224, 0.225),
    "interpolation": "bicubic",
    "crop_pct": 0.9,
    "crop_mode": "center",
}
_PYTORCH_FILES = ("model.safetensors", "pytorch_model.bin")
_LVVIT_SOURCE = "https://github.com/zihangJiang/TokenLabeling"
_CHOICE = "give a local file (.safetensors, .pth or .npz) or choose random weights"


@dataclass(frozen=True)
class Stored:
    """A file with weights. `note` says in one sentence where they come from."""

    path: Path
    source: str
    note: str


@dataclass(frozen=True)
class Recipe:
    """How to make one backbone.

    `build(img_size)` makes the network with random weights from torch's generator;
    `find(progress)` finds its pretrained weights: None where they do not exist yet,
    WeightsError where they cannot be had.
    """

    name: str
    build: Callable[[ImageSize | None], nn.Module]
    find: Callable[[Progress | None], Stored | None]


def recipe(name: str) -> Recipe:
    """The recipe for `name`. If there is none, a ValueError suggests similar names."""
    if name == "demo":
        return Recipe(name, _build_demo, _find_demo)
    if name in BACKBONES and BACKBONES[name].family == "LV-ViT":
        return Recipe(
            name,
            lambda img_size: _build_lvvit(name, img_size),
            lambda _progress: _find_lvvit(name),
        )
    _check_timm_name(name)
    return Recipe(
        name,
        lambda img_size: _build_timm(name, img_size),
        lambda progress: _find_timm(name, progress),
    )


# --- the bundled model ---------------------------------------------------------


def _demo_config() -> dict[str, Any] | None:
    """The demo model's config.json; None if no model is bundled."""
    try:
        path = asset("demo_model/config.json")
        asset("demo_model/model.safetensors")
    except FileNotFoundError:
        return None
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def _build_demo(img_size: ImageSize | None) -> nn.Module:
    config = _demo_config() or {}
    arguments = dict(config.get("model", _DEMO_ARGUMENTS))
    own_size = arguments["img_size"]
    if img_size is not None:
        _check_size("demo", img_size, arguments["patch_size"])
        arguments["img_size"] = img_size
    vit: nn.Module = VisionTransformer(**arguments)
    set_facts(
        vit,
        pretrained_cfg={
            **_IMAGENET_PREPROCESSING,
            "architecture": "demo",
            **_demo_preprocessing(config),
            "num_classes": arguments["num_classes"],
            "input_size": (3, *_pair(own_size)),
        },
    )
    return vit


def _demo_preprocessing(config: dict[str, Any]) -> dict[str, Any]:
    stored = config.get("preprocessing", {})
    chosen = {key: stored[key] for key in _IMAGENET_PREPROCESSING if key in stored}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in chosen.items()
    }


def _find_demo(_progress: Progress | None) -> Stored | None:
    config = _demo_config()
    if config is None:
        return None
    classes = len(config["class_names"])
    return Stored(
        asset("demo_model/model.safetensors"),
        "bundled",
        f"The bundled demo model, trained on photos of {classes} classes.",
    )


# --- LV-ViT ----------------------------------------------------------------------


def _build_lvvit(name: str, img_size: ImageSize | None) -> nn.Module:
    facts = BACKBONES[name]
    is_large = name == "lvvit_large"
    divisor = {"lvvit_tiny": 1.0, "lvvit_large": 3.0}.get(name, 2.0)
    if img_size is not None:
        _check_size(name, img_size, facts.patch)
    vit = LVViT(
        img_size=facts.image if img_size is None else img_size,
        patch_size=facts.patch[0],
        embed_dim=facts.width,
        depth=facts.depth,
        num_heads=facts.heads,
        skip_lam=divisor,
        stem_width=128 if is_large else 64,
    )
    set_facts(
        vit,
        pretrained_cfg={
            **_IMAGENET_PREPROCESSING,
            "architecture": name,
            "num_classes": facts.classes,
            "input_size": (3, *facts.image),
            "crop_pct": 1.0 if name in ("lvvit_medium", "lvvit_large") else 0.9,
        },
    )
    return vit


def _find_lvvit(name: str) -> Stored | None:
    raise WeightsError(
        f"No hub holds the weights of {name}: give the published file (see "
        f"{_LVVIT_SOURCE}) or choose random weights."
    )


# --- timm ------------------------------------------------------------------------


def _check_timm_name(name: str) -> None:
    base, dot, tag = name.partition(".")
    if not timm.is_model(base):
        raise ValueError(f"There is no backbone {name!r}{_near(name)}")
    if not timm.list_models(base):
        raise ValueError(f"{name} is an old name; use {_current_name(base)}.")
    if dot and name not in timm.list_pretrained(f"{base}.*"):
        raise ValueError(f"{base} has no weights tagged {tag!r}{_near(name)}")
    # decided before anything is built or fetched: some networks are huge
    network = _network_class(name)
    reason = unsupported_class_reason(network) if network else None
    reason = reason or unsupported_reason(_outline(name))
    if reason is not None:
        raise ValueError(f"{name}: {reason}")


def _current_name(old: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # timm warns of the old name
        facts = _outline(old).pretrained_cfg
    return ".".join(filter(None, (facts["architecture"], facts["tag"])))


@functools.lru_cache(maxsize=4)
def _outline(name: str) -> Any:
    """timm's network `name` without memory for its weights."""
    network = _network_class(name)
    is_vit = network is not None and issubclass(network, VisionTransformer)
    # initialising costs most of the time, even where there are no values
    options: dict[str, Any] = {"weight_init": "skip"} if is_vit else {}
    with torch.device("meta"):
        return timm.create_model(name, **options)


def _network_class(name: str) -> type[nn.Module] | None:
    """The class that timm says it builds for `name`; None if it does not say."""
    build = model_entrypoint(name.partition(".")[0])
    declared = get_type_hints(build).get("return")
    return declared if isinstance(declared, type) else None


def _near(name: str) -> str:
    known = list(BACKBONES)
    for module in ("vision_transformer", "deit"):
        known += timm.list_models(module=module, include_tags="." in name)
    near = difflib.get_close_matches(
        name.lower(), dict.fromkeys(known), n=3, cutoff=0.6
    )
    if near:
        return f"; near names: {', '.join(near)}."
    return "; `gtp models` lists those that are known."


def _build_timm(name: str, img_size: ImageSize | None) -> nn.Module:
    if img_size is None:
        return timm.create_model(name)
    _check_size(name, img_size, _outline(name).patch_embed.patch_size)
    return timm.create_model(name, img_size=img_size)


def _find_timm(name: str, progress: Progress | None) -> Stored | None:
    found = timm.get_pretrained_cfg(name)
    facts = {} if found is None else dataclasses.asdict(found)
    url, repository = facts.get("url"), facts.get("hf_hub_id")
    local = _in_torch_cache(url)
    if local is not None:
        note = f"Pretrained weights {local.name} from torch's cache."
        return Stored(local, "hub", note)
    if repository is None:
        where = f": download {url} and give that file" if url else ""
        raise WeightsError(
            f"The hub has no pretrained weights for {name}{where or f'; {_CHOICE}'}."
        )
    filename = facts.get("hf_hub_filename")
    try:
        path = fetch(repository, (filename,) if filename else _PYTORCH_FILES, progress)
    except HubError as error:
        raise WeightsError(
            f"The pretrained weights of {name} are not in the cache and {error}; "
            f"{_CHOICE}."
        ) from error
    note = f"Pretrained weights {repository} from the Hugging Face hub."
    return Stored(path, "hub", note)


def _in_torch_cache(url: str | None) -> Path | None:
    """A file that timm downloaded from its original address before."""
    if not url:
        return None
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
    return path if path.is_file() else None


# --- what is known of a network ----------------------------------------------------


def class_names(vit: Any) -> tuple[str, ...] | None:
    """Readable names of the outputs of `vit` when it is trained; None if unknown.

    A head with as many outputs as ImageNet or a part of it has classes is taken to be
    trained on that.
    """
    if vit.pretrained_cfg.get("architecture") == "demo":
        config = _demo_config()
        return tuple(config["class_names"]) if config else None
    subset = infer_imagenet_subset({"num_classes": vit.num_classes})
    return _imagenet_names(subset) if subset else None


def _imagenet_names(subset: str) -> tuple[str, ...]:
    """The first of each class's synonyms; all of them where two classes share it."""
    synonyms = ImageNetInfo(subset).label_descriptions()
    first = [names.split(",")[0] for names in synonyms]
    count = Counter(first)
    return tuple(
        short if count[short] == 1 else names
        for short, names in zip(first, synonyms, strict=True)
    )


def _check_size(name: str, size: ImageSize, patch: ImageSize) -> None:
    if any(
        side < step or side % step
        for side, step in zip(_pair(size), _pair(patch), strict=True)
    ):
        step = "×".join(map(str, dict.fromkeys(_pair(patch))))
        raise ValueError(
            f"{name}: img_size is {size}; allowed: multiples of the patch size {step}."
        )


def _pair(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))


def set_input_size(vit: nn.Module, size: ImageSize) -> None:
    """Tell preprocessing that `vit` takes images of `size` (height, width)."""
    facts = dict(getattr(vit, "pretrained_cfg", {}))
    for stale in ("test_input_size", "min_input_size"):
        facts.pop(stale, None)
    set_facts(vit, pretrained_cfg={**facts, "input_size": (3, *_pair(size))})


def set_facts(vit: nn.Module, **facts: Any) -> None:
    """Sets plain attributes, which the types of nn.Module do not allow."""
    for key, value in facts.items():
        setattr(vit, key, value)
