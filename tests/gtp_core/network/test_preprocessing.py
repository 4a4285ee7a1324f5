"""A backbone's input tensors are timm's."""

from __future__ import annotations

import numpy as np
import pytest
import timm
import timm.data
import torch
from PIL import Image
from torch import nn

from gtp_core.network.preprocessing import input_spec, preprocess, to_tensor
from gtp_core.photos.geometry import InputSpec


def photo(width: int = 150, height: int = 101) -> Image.Image:
    rng = np.random.default_rng(1)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    "name",
    ["deit_tiny_patch16_224", "vit_tiny_patch16_384", "vit_base_patch16_clip_224"],
)
def test_preprocess_equals_timm_s_transform(name: str) -> None:
    vit = timm.create_model(name, depth=1)
    config = timm.data.resolve_data_config({}, model=vit)
    expected = timm.data.create_transform(**config)(photo())
    assert torch.equal(preprocess(photo(), vit), expected)


def test_a_backbone_s_own_size_wins_over_its_training_s() -> None:
    vit = timm.create_model("deit_tiny_patch16_224", depth=1, img_size=(64, 96))
    spec = input_spec(vit)
    assert (spec.height, spec.width, spec.patch) == (64, 96, (16, 16))
    assert spec.grid == (4, 6)
    assert preprocess(photo(), vit).shape == (3, 64, 96)


def test_a_model_without_a_training_record_gets_imagenet_s_defaults() -> None:
    vit = timm.models.VisionTransformer(
        img_size=32, patch_size=8, embed_dim=16, depth=1, num_heads=2
    )
    spec = input_spec(vit)
    assert (spec.height, spec.width, spec.patch) == (32, 32, (8, 8))
    assert spec.mean == (0.485, 0.456, 0.406)


def test_odd_modes_are_converted() -> None:
    vit = timm.create_model("deit_tiny_patch16_224", depth=1, img_size=32)
    for mode in ("L", "P", "RGBA", "CMYK", "1", "F"):
        tensor = preprocess(photo().convert(mode), vit)
        assert tensor.shape == (3, 32, 32)
        assert torch.isfinite(tensor).all()


def test_read_only_pixels_become_a_tensor_without_a_warning() -> None:
    spec = InputSpec(4, 4, (2, 2), mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[..., 0] = 255
    pixels.flags.writeable = False
    tensor = to_tensor(pixels, spec)
    assert tensor.dtype == torch.float32
    assert tensor[:, 0, 0].tolist() == [1.0, -1.0, -1.0]


def test_what_is_no_vit_is_refused() -> None:
    with pytest.raises(ValueError, match="Linear has no patch embedding"):
        input_spec(nn.Linear(2, 2))
