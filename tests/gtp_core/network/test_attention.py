"""Attention with and without its map."""

from __future__ import annotations

import functools

import pytest
import torch
from torch import Tensor

from gtp_core.network.attention import IN_PARTS, InParts, explicit, fused

SHAPES = [(1, 1, 1, 4), (1, 2, 7, 4), (3, 2, 7, 4), (5, 1, 2, 8)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
with_bias = pytest.mark.parametrize("bias", [False, True], ids=["plain", "bias"])


def inputs(
    shape: tuple[int, int, int, int], bias: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """As a block makes them: views into one product."""
    batch, heads, count, width = shape
    draw = torch.Generator().manual_seed(0)
    qkv = torch.randn(batch, count, 3, heads, width, generator=draw)
    query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
    scale = torch.rand(batch, count, generator=draw) + 0.5 if bias else None
    return query, key, value, None if scale is None else scale.log()


def by_definition(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None
) -> tuple[Tensor, Tensor]:
    """(the map, the heads' outputs side by side), in float64."""
    query, key, value = query.double(), key.double(), value.double()
    logits = torch.einsum("bhid,bhjd->bhij", query, key) / query.shape[-1] ** 0.5
    if bias is not None:
        logits = logits + bias.double()[:, None, None, :]
    attention = logits.exp() / logits.exp().sum(-1, keepdim=True)
    mixed = torch.einsum("bhij,bhjd->bihd", attention, value)
    return attention, mixed.flatten(2)


@every_shape
@with_bias
@pytest.mark.parametrize("way", IN_PARTS.values(), ids=list(IN_PARTS))
def test_all_ways_to_hold_the_map_agree(
    way: InParts, shape: tuple[int, int, int, int], bias: bool
) -> None:
    def damp(maps: Tensor) -> tuple[Tensor, ...]:
        seen = maps.clone()
        maps.mul_(0.5)
        return seen, seen.sum((1, 2))

    given = inputs(shape, bias)
    expected_map, expected = by_definition(*given)
    attended = way(*given, damp)
    close = functools.partial(torch.testing.assert_close, atol=1e-6, rtol=1e-5)
    close(attended.readings[0].double(), expected_map)
    close(attended.readings[1].double(), expected_map.sum((1, 2)))
    close(attended.values.double(), expected / 2)


@every_shape
@with_bias
@pytest.mark.parametrize("way", [fused, explicit])
def test_both_ways_follow_the_definition(
    way: object, shape: tuple[int, int, int, int], bias: bool
) -> None:
    given = inputs(shape, bias)
    _, expected = by_definition(*given)
    attended = way(*given)  # type: ignore[operator]
    assert attended.readings == ()
    torch.testing.assert_close(attended.values.double(), expected, atol=1e-6, rtol=1e-5)


@every_shape
@with_bias
def test_the_reader_sees_the_whole_map(
    shape: tuple[int, int, int, int], bias: bool
) -> None:
    given = inputs(shape, bias)
    expected, _ = by_definition(*given)
    attended = explicit(*given, lambda attention: (attention.clone(),))
    (seen,) = attended.readings
    torch.testing.assert_close(seen.double(), expected, atol=1e-6, rtol=1e-5)


@every_shape
def test_what_the_reader_changes_mixes_the_values(
    shape: tuple[int, int, int, int],
) -> None:
    def attend_first(attention: Tensor) -> tuple[Tensor, ...]:
        attention.zero_()
        attention[..., 0] = 2.0
        return ()

    query, key, value, _ = inputs(shape, False)
    attended = explicit(query, key, value, None, attend_first)
    expected = (2 * value[:, :, :1]).expand_as(value).transpose(1, 2).flatten(2)
    torch.testing.assert_close(attended.values, expected)


def test_readings_of_all_images_are_joined_in_order() -> None:
    query, key, value, _ = inputs((3, 2, 5, 4), False)
    attended = explicit(
        query, key, value, None, lambda a: (a.amax((1, 2)), a.diagonal(0, 2, 3).sum(1))
    )
    largest, diagonal = attended.readings
    assert largest.shape == (3, 5)
    assert diagonal.shape == (3, 5)
    alone = explicit(
        query[2:], key[2:], value[2:], None, lambda a: (a.amax((1, 2)),)
    ).readings[0]
    torch.testing.assert_close(largest[2:], alone)


@pytest.mark.parametrize("way", [fused, explicit])
def test_inputs_stay_as_they_are(way: object) -> None:
    given = inputs((2, 2, 5, 4), True)
    before = [tensor.clone() for tensor in given if tensor is not None]
    way(*given)  # type: ignore[operator]
    for tensor, same in zip(given, before, strict=True):
        assert tensor is not None
        assert torch.equal(tensor, same)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize("way", [fused, explicit])
def test_half_precision_with_a_float32_bias(way: object, dtype: torch.dtype) -> None:
    query, key, value, bias = inputs((2, 2, 5, 4), True)
    _, expected = by_definition(query, key, value, bias)
    attended = way(query.to(dtype), key.to(dtype), value.to(dtype), bias)  # type: ignore[operator]
    assert attended.values.dtype == dtype
    torch.testing.assert_close(attended.values.double(), expected, atol=0.05, rtol=0.05)


def test_large_logits_do_not_overflow() -> None:
    query, key, value, _ = inputs((1, 2, 5, 4), False)
    for way in (fused, explicit):
        assert way(query * 1e3, key * 1e3, value, None).values.isfinite().all()
