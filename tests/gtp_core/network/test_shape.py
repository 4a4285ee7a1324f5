"""What the block loop knows of a network around and inside its blocks."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gtp_core.network.attention_policy import AttentionPolicy
from gtp_core.network.blocks import AttentionRequest, Block, Need
from gtp_core.network.shape import embed, network_shape
from tests.gtp_core.network.backbones.families import FAMILIES, images
from tests.gtp_core.small import small_vit

every_family = pytest.mark.parametrize("family", FAMILIES)


def block_inputs(vit: nn.Module) -> list[torch.Tensor]:
    """What timm's own forward pass gives to each block, and what leaves the last."""
    seen: list[torch.Tensor] = []
    handles = [
        block.register_forward_hook(lambda _, given, out: seen.extend([given[0], out]))
        for block in vit.blocks
    ]
    with torch.inference_mode():
        vit(images(vit))
    for handle in handles:
        handle.remove()
    return seen


@every_family
def test_embedding_is_what_enters_timms_first_block(family: str) -> None:
    vit = FAMILIES[family]()
    with torch.inference_mode():
        tokens, grid = embed(vit, images(vit))
    torch.testing.assert_close(tokens, block_inputs(vit)[0])
    assert tokens.shape[1] == vit.num_prefix_tokens + grid[0] * grid[1]


@every_family
@pytest.mark.parametrize("explicit", [False, True], ids=["chosen", "explicit"])
def test_a_block_does_what_timms_block_does(family: str, explicit: bool) -> None:
    vit = FAMILIES[family]()
    seen = block_inputs(vit)
    for number, module in enumerate(vit.blocks):
        given, expected = seen[2 * number], seen[2 * number + 1]
        block = Block(module, AttentionPolicy("fused"))
        with torch.inference_mode():
            before = given.clone()
            answer = block.attend(given, AttentionRequest(always_explicit=explicit))
            result = block.mlp(answer.tokens)
        torch.testing.assert_close(result, expected, rtol=1e-4, atol=1e-4)
        assert torch.equal(given, before), "tokens are not written to"
        assert answer.keys is None
        assert answer.readings == ()


@every_family
def test_shape_of_a_network(family: str) -> None:
    vit = FAMILIES[family]()
    shape = network_shape(vit)
    with torch.inference_mode():
        tokens, grid = embed(vit, images(vit))
    assert shape.grid == grid
    assert shape.depth == len(vit.blocks) == 3
    assert shape.patches + shape.prefix == tokens.shape[1]
    assert shape.width == tokens.shape[2]
    assert shape.heads * shape.head_width == shape.width


def test_shape_at_another_input_size() -> None:
    shape = network_shape(small_vit(), (3, 5))
    assert (shape.patches, shape.grid) == (15, (3, 5))
    assert shape.embedding == 15 * 24 * 3 * 4 * 4


def test_keys_are_the_sum_over_heads_after_their_norm() -> None:
    vit = small_vit(qk_norm=True)
    x = torch.randn(2, 9, 24, generator=torch.Generator().manual_seed(0))
    block = vit.blocks[0]
    with torch.inference_mode():
        answer = Block(block, AttentionPolicy("fused")).attend(
            x, AttentionRequest(keys=True)
        )
        key = block.attn.qkv(block.norm1(x)).chunk(3, dim=-1)[1]
        heads = block.attn.k_norm(key.unflatten(-1, (3, 8)))
    assert answer.keys is not None
    torch.testing.assert_close(answer.keys, heads.sum(2))


@pytest.mark.parametrize("bias", [False, True], ids=["plain", "bias"])
def test_the_class_row_is_the_maps_first_row(bias: bool) -> None:
    vit = small_vit()
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(2, 9, 24, generator=draw)
    weight = torch.rand(2, 9, generator=draw).log() if bias else None
    block = Block(vit.blocks[0], AttentionPolicy("fused"))
    readings = {}
    for need, explicit in ((Need.MAP, True), (Need.CLASS_ROW, False)):
        request = AttentionRequest(
            need, weight, lambda a: (a[:, :, 0].clone(),), always_explicit=explicit
        )
        with torch.inference_mode():
            readings[need] = block.attend(x, request).readings[0]
    assert readings[Need.MAP].shape == (2, 3, 9)
    torch.testing.assert_close(readings[Need.CLASS_ROW], readings[Need.MAP])
