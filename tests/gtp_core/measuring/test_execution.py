"""Execution modes give the network's own answer, or say why they cannot."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import gtp_core as gtp
from gtp_core.measuring import execution
from tests.gtp_core.small import EVERY_KIND, images, small_vit

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


@pytest.mark.parametrize(
    ("text", "batch"), [("gtp:P=3", 1), *((text, 2) for text in EVERY_KIND)]
)
def test_every_method_compiles_as_one_graph(text: str, batch: int) -> None:
    """One graph, or the part that runs as it is would hide what compiling is worth."""
    graphs: list[torch.fx.GraphModule] = []

    def note(graph: torch.fx.GraphModule, inputs: object) -> object:
        del inputs
        graphs.append(graph)
        return graph.forward

    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = images(vit, batch)
    run = execution.compiled(fast, x, backend=note)
    assert len(graphs) == 1
    torch.testing.assert_close(run(x), fast(x))


def test_one_network_after_the_other_is_compiled() -> None:
    """The compiler gives up on a function after eight versions of it."""
    compilations = 0

    def count(graph: torch.fx.GraphModule, inputs: object) -> object:
        nonlocal compilations
        del inputs
        compilations += 1
        return graph.forward

    vit = small_vit()
    x = images(vit, 1)
    for number in range(12):
        fast = gtp.accelerate(vit, gtp.GTP(propagated=(number % 5, 1, number // 5)))
        run = execution.compiled(fast, x, backend=count)
        torch.testing.assert_close(run(x), fast(x))
        assert compilations == number + 1
