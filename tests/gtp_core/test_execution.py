"""Execution modes give the network's own answer, or say why they cannot."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gtp_core import execution

cuda = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device on this machine"
)


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5)).eval()


IMAGES = torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)


def test_eager_is_the_network_itself(network: nn.Module) -> None:
    assert execution.prepare(network, IMAGES) is network


def test_an_unknown_mode_is_refused(network: nn.Module) -> None:
    for prepare in (execution.prepare, execution.prepare_or_eager):
        with pytest.raises(ValueError, match="allowed: eager, graph, compile"):
            prepare(network, IMAGES, "fast")


def test_a_cuda_graph_of_a_network_on_the_cpu_is_refused(network: nn.Module) -> None:
    with pytest.raises(ValueError, match="needs a CUDA device; this is cpu"):
        execution.capture(network, IMAGES)


def test_where_a_mode_cannot_be_had_it_runs_eagerly_and_says_so(
    network: nn.Module,
) -> None:
    run, note = execution.prepare_or_eager(network, IMAGES, "graph")
    if torch.cuda.is_available():
        pytest.skip("only where there is no CUDA device: the input is on the CPU")
    assert run is network
    assert note is not None
    assert note.endswith("It runs eagerly instead.")


@pytest.mark.cuda
@cuda
def test_a_captured_graph_gives_the_networks_own_logits(network: nn.Module) -> None:
    network, images = network.cuda(), IMAGES.cuda()
    run = execution.capture(network, torch.zeros_like(images))
    torch.testing.assert_close(run(images), network(images))
    with pytest.raises(ValueError, match="was captured for"):
        run(images[:1])


class OnlyForInference(nn.Sequential):
    """Like the accelerated network: its forward pass never records gradients."""

    @torch.inference_mode()
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return super().forward(images)  # type: ignore[no-any-return]


def test_a_compiled_network_gives_its_own_logits_or_the_reason_is_given(
    network: nn.Module,
) -> None:
    """Compilers are missing on many machines; neither case may surprise."""
    plain = OnlyForInference(*network)
    run, note = execution.prepare_or_eager(plain, IMAGES, "compile")
    if note is not None:
        assert note.startswith("This network cannot be compiled: ")
        assert run is plain
    torch.testing.assert_close(run(IMAGES), plain(IMAGES))
