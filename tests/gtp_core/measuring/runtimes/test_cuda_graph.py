"""A network as one CUDA graph."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gtp_core.measuring.runtimes import prepare

cuda = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device on this machine"
)
IMAGES = torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5)).eval()


def test_it_needs_a_cuda_device(network: nn.Module) -> None:
    with pytest.raises(ValueError, match="needs a CUDA device, and this is cpu; choos"):
        prepare("cuda-graph", network, IMAGES)


@pytest.mark.cuda
@cuda
def test_it_gives_the_networks_own_logits(network: nn.Module) -> None:
    network, images = network.cuda(), IMAGES.cuda()
    forward = prepare("cuda-graph", network, torch.zeros_like(images))
    torch.testing.assert_close(forward(images), network(images))
    with pytest.raises(ValueError, match="was captured for"):
        forward(images[:1])
