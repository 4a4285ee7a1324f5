"""From photos to a backbone's input tensors, exactly as timm does it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from timm.data.config import resolve_data_config
from torch import Tensor, nn

from gtp_core.photos.conversion import rgb_pixels
from gtp_core.photos.geometry import MODES, CropGeometry, InputSpec, fit
from gtp_core.photos.photo import Photo


def input_spec(vit: nn.Module) -> InputSpec:
    """What `vit` wants as input: its own size, and its training's crop and colours.

    `vit` may be a backbone, or an accelerated network around one. Raises ValueError
    if its input is not an image of 3 channels cut into patches.
    """
    vit = getattr(vit, "vit", vit)
    embed = getattr(vit, "patch_embed", None)
    if embed is None or getattr(embed, "patch_size", None) is None:
        raise ValueError(
            f"{type(vit).__name__} has no patch embedding; give a Vision Transformer."
        )
    config = _data_config(vit)
    size = getattr(embed, "img_size", None) or config["input_size"][1:]
    height, width = _pair(size)
    mode = config["crop_mode"]
    return InputSpec(
        height=height,
        width=width,
        patch=_pair(embed.patch_size),
        crop=float(config["crop_pct"]),
        mode=mode if mode in MODES else "center",
        interpolation=str(config["interpolation"]),
        mean=_triple(config["mean"]),
        std=_triple(config["std"]),
    )


def _data_config(vit: nn.Module) -> dict[str, Any]:
    trained = getattr(vit, "pretrained_cfg", None) or {"input_size": (3, 224, 224)}
    config: dict[str, Any] = resolve_data_config(  # type: ignore[no-untyped-call]
        pretrained_cfg=trained
    )
    if config["input_size"][0] != 3:
        raise ValueError(
            f"{type(vit).__name__} wants {config['input_size'][0]} channels; "
            "give a network for colour images (3 channels)."
        )
    return config


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    first, second = value
    return int(first), int(second)


def _triple(value: Any) -> tuple[float, float, float]:
    first, second, third = value
    return float(first), float(second), float(third)


def to_tensor(pixels: NDArray[np.uint8], spec: InputSpec) -> Tensor:
    """Normalised input (3, H, W) float32 from fitted pixels (H, W, 3) uint8."""
    array = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    # torch refuses to wrap read-only arrays quietly, and the division copies anyway.
    image = torch.from_numpy(array if array.flags.writeable else array.copy())
    scaled = image.to(torch.float32).div_(255)
    mean = torch.tensor(spec.mean, dtype=torch.float32, device="cpu")[:, None, None]
    std = torch.tensor(spec.std, dtype=torch.float32, device="cpu")[:, None, None]
    return scaled.sub_(mean).div_(std)


def preprocess(image: Image.Image, vit: nn.Module) -> Tensor:
    """(3, H, W) float32 input of `vit` for a Pillow image of any mode.

    Resize, crop and normalisation are the backbone's own, as timm applies them.
    """
    spec = input_spec(vit)
    return to_tensor(fit(rgb_pixels(image), spec), spec)


def crop_geometry(photo: Photo, vit: nn.Module) -> CropGeometry:
    """Where the input of `vit` and its patches lie in a photo."""
    return CropGeometry.of(photo.width, photo.height, input_spec(vit))
