"""On a GPU the forward pass never waits for the device."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

import gtp_core as gtp
from tests.gtp_core.small import small_vit

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
]


@pytest.fixture
def waiting_is_an_error() -> Iterator[None]:
    yield
    torch.cuda.set_sync_debug_mode("default")


@pytest.mark.usefixtures("waiting_is_an_error")
@pytest.mark.parametrize(
    "text", [f"{name}" for name in gtp.METHODS] + ["gtp:P=2,theta=0.8"]
)
def test_no_method_waits_for_the_device(text: str) -> None:
    fast = gtp.accelerate(small_vit().cuda(), gtp.parse_method(text))
    images = torch.randn(2, 3, 16, 16, device="cuda")
    fast(images)  # what depends on sizes alone is made once, and may wait
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    fast(images)
