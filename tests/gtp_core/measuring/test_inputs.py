"""The images that are open are the input."""

from __future__ import annotations

import pytest
import torch

from gtp_core.measuring.devices import Device
from gtp_core.measuring.inputs import input_batch

CPU = Device("cpu")
SIZE = (8, 6)


def photo(value: float) -> torch.Tensor:
    return torch.full((3, *SIZE), value)


@pytest.mark.parametrize(
    ("batch", "expected"),
    [(1, [1]), (2, [1, 2]), (5, [1, 2, 1, 2, 1])],
)
def test_photos_fill_the_batch_in_turn(batch: int, expected: list[int]) -> None:
    found = input_batch([photo(1), photo(2)], batch, SIZE, CPU, torch.float32)
    assert found.shape == (batch, 3, *SIZE)
    assert found[:, 0, 0, 0].tolist() == expected


def test_it_is_in_the_networks_own_number_format() -> None:
    found = input_batch([photo(1)], 1, SIZE, CPU, torch.bfloat16)
    assert found.dtype is torch.bfloat16


def test_without_photos_it_is_the_same_noise_each_time() -> None:
    one, two = (input_batch([], 2, SIZE, CPU, torch.float32) for _ in range(2))
    assert one.shape == (2, 3, *SIZE)
    assert torch.equal(one, two)
    assert not torch.equal(one[0], one[1])


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Batch is 0; allowed: a whole number >= 1"):
        input_batch([], 0, SIZE, CPU, torch.float32)
    wrong = torch.zeros(3, 6, 8)
    with pytest.raises(ValueError, match=r"shape \(3, 6, 8\); the network wants \(3, "):
        input_batch([photo(1), wrong], 1, SIZE, CPU, torch.float32)
