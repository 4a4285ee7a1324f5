"""A network through torch.compile, as one graph."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import gtp_core as gtp
from gtp_core.measuring.runtimes import Forward, prepare
from gtp_core.measuring.runtimes.compiled import Compiled
from tests.gtp_core.small import EVERY_KIND, images, small_vit


def test_it_gives_the_networks_own_logits_or_the_reason_is_given() -> None:
    """Compilers are missing on many machines; neither case may surprise."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5)).eval()
    x = torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)
    forward: Forward | None = None
    reason = ""
    try:
        forward = prepare("compiled", network, x)
    except ValueError as error:
        reason = str(error)
    if forward is None:
        assert reason.startswith("This network cannot be compiled (")
        assert reason.endswith("choose another runtime.")
        return
    with torch.inference_mode():
        torch.testing.assert_close(forward(x), network(x))


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
    forward = Compiled(backend=note).prepare(fast, x)
    assert len(graphs) == 1
    torch.testing.assert_close(forward(x), fast(x))


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
        forward = Compiled(backend=count).prepare(fast, x)
        torch.testing.assert_close(forward(x), fast(x))
        assert compilations == number + 1
