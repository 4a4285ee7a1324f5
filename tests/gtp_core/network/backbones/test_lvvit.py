"""LV-ViT: reference values, published sizes, and the parts a block loop drives."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.lvvit import LVViT
from tests.gtp_core.network.backbones.families import FAMILIES, images

GOLDEN = Path(__file__).parents[3] / "golden" / "lvvit"


@pytest.fixture(scope="module")
def reference() -> LVViT:
    stated = json.loads((GOLDEN / "cases.json").read_text())["model"]
    taken = ("img_size", "patch_size", "embed_dim", "depth", "num_heads")
    taken += ("mlp_ratio", "skip_lam", "num_classes")
    vit = LVViT(**{key: stated[key] for key in taken}).eval()
    vit.load_state_dict(load_file(GOLDEN / "weights.safetensors"), strict=True)
    return vit


def test_logits_equal_the_reference(reference: LVViT) -> None:
    x = torch.from_numpy(np.load(GOLDEN / "images.npz")["images"])
    expected = torch.from_numpy(np.load(GOLDEN / "unpruned.npz")["logits"])
    with torch.inference_mode():
        torch.testing.assert_close(reference(x), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("lvvit_tiny", 8.53),
        ("lvvit_small", 26.15),
        ("lvvit_medium", 55.83),
        ("lvvit_large", 150.47),
    ],
)
def test_published_sizes(name: str, millions: float) -> None:
    with torch.device("meta"):
        vit = create_backbone(name, weights=None)
    count = sum(parameter.numel() for parameter in vit.parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.005)


def test_head_takes_the_highest_auxiliary_logit_of_the_tokens_that_are_left() -> None:
    vit = FAMILIES["lvvit"]()
    with torch.inference_mode():
        tokens = vit.forward_features(images(vit))
        left = tokens[:, [0, 3, 5]]
        expected = vit.head(left[:, 0]) + 0.5 * torch.maximum(
            vit.aux_head(left[:, 1]), vit.aux_head(left[:, 2])
        )
        torch.testing.assert_close(vit.forward_head(left), expected)
        assert not torch.allclose(vit.forward_head(left), vit.forward_head(tokens))


def test_residual_branches_are_divided(reference: LVViT) -> None:
    block = reference.blocks[0]
    x = torch.randn(1, 5, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        middle = x + block.attn(block.norm1(x)) / 2.0
        expected = middle + block.mlp(block.norm2(middle)) / 2.0
        torch.testing.assert_close(block(x), expected)


def test_division_leaves_no_key_in_a_checkpoint() -> None:
    keys = LVViT(img_size=32, depth=1, num_classes=3).state_dict()
    assert not [key for key in keys if "ls1" in key or "ls2" in key]
    assert "blocks.0.attn.qkv.bias" not in keys
    assert {"aux_head.weight", "patch_embed.bn3.running_var", "cls_token"} <= set(keys)


def test_an_image_of_another_size_is_refused(reference: LVViT) -> None:
    with pytest.raises(
        ValueError, match="The image is 80x64; this network takes 64x64"
    ):
        reference(torch.zeros(1, 3, 80, 64))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"img_size": 100}, "img_size is 100; allowed: multiples of .* 16"),
        ({"img_size": (64, 72)}, r"img_size is \(64, 72\)"),
        ({"img_size": 0}, "img_size is 0"),
        ({"patch_size": 7, "img_size": 49}, "patch_size is 7; allowed: an even number"),
    ],
)
def test_sizes_that_do_not_fit(options: dict[str, int], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        LVViT(**options)
