"""θ: which entries of an attention map fall."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from gtp_core.network.sparsify import dropped_entries, kth_smallest, sparsify_
from tests.gtp_core.reference.gtp import sparsified


def maps(count: int, batch: int = 2, heads: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(count)
    return torch.randn(batch, heads, count, count, generator=draw).mul(3).softmax(-1)


@pytest.mark.parametrize("theta", [0.999, 0.9, 0.8, 0.5, 0.1, 0.001])
@pytest.mark.parametrize("count", [1, 2, 5, 17])
def test_as_written(theta: float, count: int) -> None:
    x = maps(count)
    result = sparsify_(x.clone(), theta)
    for image in range(2):
        for head in range(3):
            expected = sparsified(x[image, head].numpy(), theta)
            np.testing.assert_array_equal(result[image, head], expected)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str
)
def test_other_dtypes(dtype: torch.dtype) -> None:
    """Rounded maps hold ties; an entry equal to the threshold stays."""
    x = maps(9).to(dtype)
    result = sparsify_(x.clone(), 0.6)
    assert result.dtype == dtype
    for image in range(2):
        for head in range(3):
            expected = sparsified(x[image, head].double().numpy(), 0.6)
            np.testing.assert_array_equal(result[image, head].double(), expected)


def test_it_works_in_place() -> None:
    x = maps(9)
    assert sparsify_(x, 0.5) is x
    assert (x == 0).any()


@pytest.mark.parametrize("theta", [1.0, 0.9999, 1 - 1e-12])
def test_off(theta: float) -> None:
    x = maps(9)
    assert dropped_entries(9, theta) == 0
    assert torch.equal(sparsify_(x.clone(), theta), x)


def test_about_theta_of_the_entries_stay() -> None:
    result = sparsify_(maps(50), 0.8)
    kept = (result > 0).flatten(2).sum(-1)
    assert kept.unique().tolist() == [2500 - (499 - 1)], "the 499th smallest stays"


def test_equal_entries_all_stay() -> None:
    x = torch.full((1, 1, 4, 4), 0.25)
    assert torch.equal(sparsify_(x.clone(), 0.1), x)


def test_zeros_and_tiny_entries() -> None:
    x = torch.zeros(1, 1, 3, 3)
    x[0, 0, 0] = torch.tensor([1e-42, 1e-30, 1.0])
    result = sparsify_(x.clone(), 0.2)  # k = 7: six zeros, then the tiny one
    assert torch.equal(result, x)
    assert sparsify_(x.clone(), 0.1)[0, 0, 0].tolist()[1:] == x[0, 0, 0].tolist()[1:]
    assert torch.equal(sparsify_(torch.zeros(1, 1, 3, 3), 0.5), torch.zeros(1, 1, 3, 3))


def test_the_rank_counts_prefix_rows_and_columns() -> None:
    assert dropped_entries(17, 0.8) == int(17 * 17 * (1.0 - 0.8)) == 57


def test_kth_smallest() -> None:
    x = torch.tensor([[3.0, 1.0, 2.0, 1.0], [0.0, 9.0, 8.0, 7.0]])
    assert kth_smallest(x, 1).tolist() == [1, 0]
    assert kth_smallest(x, 2).tolist() == [1, 7]
    assert kth_smallest(x, 4).tolist() == [3, 9]
