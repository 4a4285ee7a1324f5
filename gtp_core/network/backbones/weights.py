"""Weights from local files: read safely, checked whole, loaded all or nothing."""

from __future__ import annotations

import argparse
import os
import pickle
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models import clean_state_dict, vision_transformer
from timm.models.vision_transformer import checkpoint_filter_fn
from torch import Tensor, nn

from gtp_core.files import FileProblem, open_regular, shown_path
from gtp_core.network.backbones.lvvit import (
    LVViT,
    resize_position_embedding,
    trained_grid,
)

SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".tar", ".npz")
"""What a weights file may end in."""

_WRAPPERS = ("state_dict_ema", "model_ema", "state_dict", "model")
"""Where training programs put the weights in a checkpoint, the best first."""

_ALIGNED_AT_CORNERS: tuple[str, ...] = getattr(
    vision_transformer, "_RADIO_ALIGN_CORNERS", ()
)
"""Variants whose position embedding timm interpolates from corner to corner."""

_SHOWN = 3
"""How many keys of a kind an error names."""


class WeightsError(ValueError):
    """Weights cannot be had or do not fit; one sentence says what to do."""


def load_file(network: nn.Module, path: str | Path, name: str) -> None:
    """Load the weights in `path` into `network`, all of them or none.

    Understands .safetensors, .pth/.pt/.bin/.tar (never running code from them) and
    the .npz of AugReg; the layouts of timm, DeiT and LV-ViT. The position embedding
    is resized to the network's grid. `name` names the network in errors. Raises
    WeightsError.
    """
    path = _expanded(path)
    _check_file(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise WeightsError(
            f"{shown_path(path)} is not a weights file; allowed: {', '.join(SUFFIXES)}."
        )
    if suffix == ".npz":
        _load_npz(network, path, name)
        return
    stored = _read(path)
    _check_precision(stored, path)
    fitted = _fit(network, stored, path, name)
    network.load_state_dict(fitted, strict=True)


def _expanded(path: str | Path) -> Path:
    """`path` with the home folder put in."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # somebody has no home
        return Path(path)


def _check_file(path: Path) -> None:
    """Refuse what is not a regular file that may be read."""
    try:
        open_regular(path).close()
    except FileProblem as problem:
        if os.path.exists(path):
            raise WeightsError(str(problem)) from None
        raise WeightsError(
            f"There is no weights file {shown_path(path)}; allowed: auto, random, or "
            f"a file ({', '.join(SUFFIXES)})."
        ) from None


def _read(path: Path) -> dict[str, Tensor]:
    """The tensors in `path` by name, without what a checkpoint wraps around them."""
    is_safetensors = path.suffix.lower() == ".safetensors"
    content = _read_safetensors(path) if is_safetensors else _read_pickle(path)
    for key in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
            break
    if not isinstance(content, Mapping) or not content:
        raise WeightsError(f"{shown_path(path)} holds no weights by name.")
    odd = [str(key) for key, value in content.items() if not isinstance(value, Tensor)]
    if not all(isinstance(key, str) for key in content):
        raise WeightsError(f"{shown_path(path)} holds no weights by name.")
    if odd:
        raise WeightsError(
            f"{shown_path(path)} is not a plain set of weights: {_some(odd)} "
            f"{'is not a tensor' if len(odd) == 1 else 'are not tensors'}."
        )
    cleaned: dict[str, Tensor] = clean_state_dict(dict(content))
    return cleaned


def _read_safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file as load_safetensors

    try:
        return load_safetensors(path, device="cpu")
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{shown_path(path)} cannot be read as safetensors: {error}."
        ) from error


def _read_pickle(path: Path) -> Any:
    try:
        # training programs store their command line beside the weights
        with torch.serialization.safe_globals([argparse.Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        blocked = re.search(r"GLOBAL ([\w.]+)", str(error))
        if blocked is None:
            raise WeightsError(
                f"{shown_path(path)} cannot be read as a checkpoint."
            ) from error
        raise WeightsError(
            f"{shown_path(path)} holds more than weights ({blocked[1]}), which could "
            "run code when loaded, and is refused; save the weights alone, best as "
            ".safetensors."
        ) from error
    except Exception as error:  # a damaged file can fail in any way
        raise WeightsError(
            f"{shown_path(path)} cannot be read as a checkpoint."
        ) from error


def _fit(
    network: nn.Module, stored: dict[str, Tensor], path: Path, name: str
) -> dict[str, Tensor]:
    """`stored` in the network's own names and sizes; WeightsError if it differs."""
    _check_patch(network, stored, path, name)
    try:
        fitted = _translate(network, stored)
    except Exception:
        # a position embedding of no square grid, say: name the difference instead
        fitted = stored
    difference = _difference(network.state_dict(), fitted)
    if difference:
        raise WeightsError(f"{shown_path(path)} does not fit {name}: {difference}.")
    _check_numbers(fitted, path)
    return fitted


def _check_precision(stored: Mapping[str, Tensor], path: Path) -> None:
    """Refuse float8 and smaller: their scales lie beside them, in many layouts."""
    tiny = {
        key: value.dtype
        for key, value in stored.items()
        if value.is_floating_point() and value.element_size() < 2
    }
    if tiny:
        kind = str(next(iter(tiny.values()))).removeprefix("torch.")
        raise WeightsError(
            f"{shown_path(path)} holds weights in {kind}, in {_some(list(tiny))}; "
            "convert them to float32, float16 or bfloat16 first."
        )


def _check_numbers(weights: Mapping[str, Tensor], path: Path) -> None:
    broken = [key for key, value in weights.items() if not value.isfinite().all()]
    if broken:
        raise _not_numbers(path, broken)


def _not_numbers(path: Path, keys: list[str]) -> WeightsError:
    return WeightsError(
        f"{shown_path(path)} holds what is not a number, in {_some(keys)}; "
        "it was damaged, or its training failed."
    )


def _translate(network: Any, stored: dict[str, Tensor]) -> dict[str, Tensor]:
    if isinstance(network, LVViT):
        return resize_position_embedding(stored, network)
    variant = str(getattr(network, "pretrained_cfg", {}).get("architecture", ""))
    convert = partial(checkpoint_filter_fn, adapt_layer_scale=True)
    if "flexi" in variant or "radio" in variant:
        # these were trained with another interpolation than the rest
        convert = partial(convert, interpolation="bilinear", antialias=False)
    if any(part in variant for part in _ALIGNED_AT_CORNERS):
        convert = partial(convert, align_corners=True)
    fitted: dict[str, Tensor] = convert(stored, network)
    if getattr(network, "attn_pool", None) is None:
        # the pooling of a SigLIP checkpoint has no use in its average-pooled variant
        fitted = {k: v for k, v in fitted.items() if not k.startswith("attn_pool.")}
    return fitted


def _check_patch(
    network: nn.Module, stored: dict[str, Tensor], path: Path, name: str
) -> None:
    """Refuse another patch size; timm's conversion would resample it silently."""
    key = "patch_embed.proj.weight"
    have, need = stored.get(key), network.state_dict().get(key)
    if have is None or need is None or have.ndim != 4 or "flexi" in name:
        return
    if have.shape[-2:] != need.shape[-2:]:
        raise WeightsError(
            f"{shown_path(path)} does not fit {name}: {_wrong(key, have, need)}."
        )


def _difference(need: Mapping[str, Tensor], have: Mapping[str, Tensor]) -> str:
    """How two sets of weights differ, in words; empty if they fit."""
    missing = [key for key in need if key not in have]
    unexpected = [key for key in have if key not in need]
    wrong = [
        _wrong(key, have[key], need[key])
        for key in need
        if key in have and have[key].shape != need[key].shape
    ]
    strange = [
        f"{key} is {have[key].dtype}, {have[key].layout}".replace("torch.", "")
        for key in need
        if key in have and not _is_like(have[key], need[key])
    ]
    parts = [
        f"{len(items)} {'key' if len(items) == 1 else 'keys'} {what} ({_some(items)})"
        for items, what in (
            (missing, "missing"),
            (unexpected, "unexpected"),
            (wrong, "of the wrong shape"),
            (strange, "of the wrong type"),
        )
        if items
    ]
    return ", ".join(parts)


def _is_like(have: Tensor, need: Tensor) -> bool:
    """Whether `have` can be copied into `need` without changing its meaning."""
    is_plain = have.layout is torch.strided and not have.is_quantized
    same_kind = have.is_floating_point() == need.is_floating_point()
    return is_plain and same_kind and not (have.is_complex() or have.is_meta)


def _wrong(key: str, have: Tensor, need: Tensor) -> str:
    return f"{key} is {_shape(have)} instead of {_shape(need)}"


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a single number"


def _some(items: list[str]) -> str:
    return ", ".join(items[:_SHOWN]) + (", …" if len(items) > _SHOWN else "")


def _load_npz(network: nn.Module, path: Path, name: str) -> None:
    """Load the .npz layout of AugReg through timm's own reader.

    That reader passes over what it does not find, so it fills a copy in which every
    parameter is marked; whatever is still marked afterwards was missing.
    """
    if isinstance(network, LVViT) or not hasattr(network, "load_pretrained"):
        raise WeightsError(
            f"{shown_path(path)} is no use to {name}, whose weights come as "
            ".safetensors or .pth."
        )
    _check_npz(network, path, name)
    filled: Any = deepcopy(network)
    with torch.no_grad():
        for parameter in filled.parameters():
            parameter.fill_(torch.nan)
    try:
        filled.load_pretrained(str(path))
    except Exception as error:
        text = str(error.args[0] if error.args else error).splitlines()[0]
        text = text.rstrip(".")
        raise WeightsError(
            f"{shown_path(path)} does not fit {name}: {text}."
        ) from error
    missing = [
        key for key, value in filled.named_parameters() if bool(value.isnan().any())
    ]
    if missing:
        keys = "1 key" if len(missing) == 1 else f"{len(missing)} keys"
        raise WeightsError(
            f"{shown_path(path)} does not fit {name}: {keys} missing or of "
            f"the wrong shape ({_some(missing)})."
        )
    _rearrange(filled)
    network.load_state_dict(filled.state_dict(), strict=True)


def _rearrange(network: Any) -> None:
    """Resamples a position embedding for another grid of as many patches, which
    timm's reader takes for the same."""
    grid, trained = tuple(network.patch_embed.grid_size), trained_grid(network)
    embedding = network.pos_embed
    if embedding is None or trained in (None, grid) or prod(grid) != prod(trained):
        return
    prefix = embedding.shape[1] - prod(grid)
    network.pos_embed = nn.Parameter(
        resample_abs_pos_embed(
            embedding.detach(),
            new_size=list(grid),
            old_size=list(trained),
            num_prefix_tokens=prefix,
        )
    )


def _check_npz(network: Any, path: Path, name: str) -> None:
    """Refuse another depth or patch size, which timm's reader would not notice."""
    try:
        # opened here, because numpy leaves a damaged archive open
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            keys = list(archive.files)
            kernels = [archive[key] for key in keys if key.endswith("embedding/kernel")]
            broken = [key for key in keys if not np.isfinite(archive[key]).all()]
    except Exception as error:  # a damaged file can fail in any way
        raise WeightsError(f"{shown_path(path)} cannot be read as .npz.") from error
    if broken:
        raise _not_numbers(path, broken)
    blocks = set(re.findall(r"encoderblock_(\d+)/", " ".join(keys)))
    depth = len(network.blocks)
    if blocks and len(blocks) != depth:
        raise WeightsError(
            f"{shown_path(path)} does not fit {name}: it has {len(blocks)} blocks "
            f"instead of {depth}."
        )
    for kernel in kernels:
        patch = tuple(kernel.shape[:2])
        needed = tuple(network.patch_embed.patch_size)
        if kernel.ndim == 4 and patch != needed and "flexi" not in name:
            raise WeightsError(
                f"{shown_path(path)} does not fit {name}: its patches are "
                f"{patch[0]}×{patch[1]} instead of {needed[0]}×{needed[1]}."
            )
