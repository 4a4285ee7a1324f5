"""What a loop over plain blocks cannot run is refused, with the reason."""

from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
from timm.layers import GlobalResponseNormMlp
from timm.models.eva import Eva
from timm.models.vision_transformer import (
    Attention,
    Block,
    ParallelScalingBlock,
    ParallelThingsBlock,
    ResPostBlock,
    VisionTransformer,
)
from torch import Tensor, nn

import gtp_core as gtp
from gtp_core.network.backbones.support import unsupported_reason

SMALL: dict[str, Any] = {
    "img_size": 32,
    "patch_size": 8,
    "embed_dim": 32,
    "depth": 2,
    "num_heads": 2,
}


class OtherForward(VisionTransformer):
    def forward_features(self, x: Tensor, *_: Any, **__: Any) -> Tensor:
        return super().forward_features(x) * 2


class OtherBlock(Block):
    def forward(self, x: Tensor, *_: Any, **__: Any) -> Tensor:
        return super().forward(x) * 2


class OtherAttention(Attention):
    def forward(self, x: Tensor, *_: Any, **__: Any) -> Tensor:
        return super().forward(x) * 2


def with_attention(attention: nn.Module) -> nn.Module:
    vit = VisionTransformer(**SMALL)
    vit.blocks[1].attn = attention
    return vit


def with_replaced_forward() -> nn.Module:
    vit = VisionTransformer(**SMALL)
    vit.blocks[1].attn.forward = lambda x, **_: x
    return vit


def with_mlp(mlp: nn.Module) -> nn.Module:
    vit = VisionTransformer(**SMALL)
    vit.blocks[0].mlp = mlp
    return vit


def vit_of(block: type[nn.Module]) -> nn.Module:
    return VisionTransformer(**SMALL, block_fn=block)


def eva() -> nn.Module:
    return Eva(**SMALL, use_rot_pos_emb=True)


PARALLEL = "its blocks (ParallelScalingBlock) compute attention and MLP in parallel"
NORMS = "its blocks (ResPostBlock) normalise after attention and MLP instead of before"
SEVERAL = "its blocks (ParallelThingsBlock) compute several attentions in parallel"
PLAIN = "it is not a plain ViT; supported are VisionTransformer networks of timm and"
ATTENTION = "changes plain multi-head attention"

REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "CNN": (lambda: timm.create_model("resnet18"), f"{PLAIN} LV-ViT"),
    "any other module": (lambda: nn.Linear(2, 2), f"{PLAIN} LV-ViT"),
    "rotary embedding": (
        eva,
        "its blocks are its own, and most rotate queries and keys by position",
    ),
    "norms after": (lambda: vit_of(ResPostBlock), NORMS),
    "parallel": (lambda: vit_of(ParallelScalingBlock), PARALLEL),
    "several attentions": (lambda: vit_of(ParallelThingsBlock), SEVERAL),
    "another forward pass": (
        lambda: OtherForward(**SMALL),
        "it changes the forward pass of a plain ViT",
    ),
    "another block": (
        lambda: vit_of(OtherBlock),
        "its blocks (OtherBlock) compute something unknown",
    ),
    "another attention": (
        lambda: with_attention(OtherAttention(32, 2)),
        f"its attention OtherAttention {ATTENTION}",
    ),
    "a patched attention": (
        with_replaced_forward,
        f"its attention Attention {ATTENTION}",
    ),
    "attention of torch": (
        lambda: with_attention(nn.MultiheadAttention(32, 2)),
        "its attention is MultiheadAttention, not plain multi-head attention",
    ),
    "an MLP across tokens": (
        lambda: with_mlp(GlobalResponseNormMlp(32, 64)),
        "its MLP GlobalResponseNormMlp is not known to treat tokens alone",
    ),
    "no pooling": (
        lambda: VisionTransformer(**SMALL, global_pool=""),
        "without pooling it has no prediction",
    ),
    "no image patches": (
        lambda: timm.create_model("vit_tiny_r_s16_p8_224"),
        "its tokens come from HybridEmbed, not from patches",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_reason(case: str) -> None:
    make, expected = REFUSED[case]
    with torch.device("meta"):
        network = make()
    reason = unsupported_reason(network)
    assert reason is not None
    assert reason.startswith(f"{type(network).__name__} is not supported: {expected}")
    assert reason.endswith(".")
    assert "\n" not in reason


def test_stochastic_depth_and_dropout_are_supported() -> None:
    vit = VisionTransformer(**SMALL, drop_path_rate=0.2, attn_drop_rate=0.1)
    assert unsupported_reason(vit) is None


@pytest.mark.parametrize(
    "place", ["", "blocks", "blocks.1", "blocks.0.attn", "blocks.0.mlp", "blocks.0.ls1"]
)
@pytest.mark.parametrize("kind", ["forward", "forward_pre"])
def test_a_hook_that_would_not_be_run_is_refused(place: str, kind: str) -> None:
    vit = VisionTransformer(**SMALL)
    register = getattr(vit.get_submodule(place), f"register_{kind}_hook")
    handle = register(lambda *_: None)
    reason = unsupported_reason(vit)
    assert reason is not None
    assert reason.endswith(" has a forward hook, which would not be run; remove it.")
    handle.remove()
    assert unsupported_reason(vit) is None


def test_hooks_on_modules_that_are_called_are_run() -> None:
    vit = VisionTransformer(**SMALL).eval()
    x = torch.rand(2, 3, 32, 32)
    for place in ("patch_embed", "blocks.0.norm1", "blocks.1.attn.proj", "head"):
        vit.get_submodule(place).register_forward_hook(lambda _, __, out: out * 1.5)
    with torch.no_grad():
        expected = vit(x)
    torch.testing.assert_close(gtp.accelerate(vit, gtp.Unpruned())(x), expected)
