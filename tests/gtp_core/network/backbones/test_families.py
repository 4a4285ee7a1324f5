"""The networks that the rest of the tests run on are what they claim to be."""

import pytest
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from gtp_core.network.backbones.support import unsupported_reason
from tests.gtp_core.network.backbones.families import FAMILIES, images

every_family = pytest.mark.parametrize("family", FAMILIES)


@every_family
def test_is_supported(family: str) -> None:
    assert unsupported_reason(FAMILIES[family]()) is None


@every_family
def test_is_in_eval_mode_and_reproducible(family: str) -> None:
    first, second = FAMILIES[family](), FAMILIES[family]()
    x = images(first)
    assert not first.training
    assert torch.equal(first(x), second(x))


@every_family
def test_logits_are_finite_and_tell_images_apart(family: str) -> None:
    vit = FAMILIES[family]()
    logits = vit(images(vit))
    assert logits.isfinite().all()
    assert (logits[0] - logits[1]).abs().max() > 1e-2


@every_family
def test_every_parameter_matters(family: str) -> None:
    """A loop that left one out would be noticed: each changes the logits."""
    vit = FAMILIES[family]()
    x = images(vit)
    vit(x).square().sum().backward()
    silent = [
        name
        for name, parameter in vit.named_parameters()
        if parameter.grad is None or parameter.grad.abs().max() == 0
    ]
    assert silent == []


@every_family
def test_blocks_in_a_loop_equal_the_network(family: str) -> None:
    """The steps that a block loop takes are the network's own forward pass."""
    vit = FAMILIES[family]()
    x = images(vit)
    with torch.inference_mode():
        tokens = vit.norm_pre(vit.patch_drop(vit._pos_embed(vit.patch_embed(x))))
        for block in vit.blocks:
            tokens = tokens + block.ls1(attend(block.attn, block.norm1(tokens)))
            tokens = tokens + block.ls2(block.mlp(block.norm2(tokens)))
        logits = vit.forward_head(vit.norm(tokens))
        torch.testing.assert_close(logits, vit(x), rtol=0, atol=1e-4)


def attend(attention: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Multi-head attention written out; x is (B, N, C)."""
    B, N, _ = x.shape
    heads, width = attention.num_heads, attention.head_dim
    qkv = attention.qkv(x).reshape(B, N, 3, heads, width).permute(2, 0, 3, 1, 4)
    q, k, v = attention.q_norm(qkv[0]), attention.k_norm(qkv[1]), qkv[2]
    weights = (q @ k.mT * attention.scale).softmax(dim=-1)  # (B, heads, N, N)
    mixed = attention.norm((weights @ v).transpose(1, 2).reshape(B, N, heads * width))
    gate = getattr(attention, "gate", None)
    if gate is not None:
        mixed = mixed * gate(x).sigmoid()
    return attention.proj(mixed)


def test_all_are_driven_as_a_timm_vision_transformer() -> None:
    assert all(isinstance(make(), VisionTransformer) for make in FAMILIES.values())
