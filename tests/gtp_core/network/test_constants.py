"""Tensors that are made once."""

from __future__ import annotations

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from gtp_core.network.constants import made_once


def counted(most: int) -> tuple[list[int], object]:
    calls: list[int] = []

    @made_once(most)
    def row(count: int) -> Tensor:
        calls.append(count)
        return torch.arange(count)

    return calls, row


def test_each_is_made_once() -> None:
    calls, row = counted(4)
    first, again, other = row(3), row(3), row(5)  # type: ignore[operator]
    assert again is first
    assert torch.equal(other, torch.arange(5))
    assert calls == [3, 5]


def test_the_oldest_leaves_when_there_are_too_many() -> None:
    calls, row = counted(2)
    for count in (1, 2, 3, 3, 2, 1):
        row(count)  # type: ignore[operator]
    assert calls == [1, 2, 3, 1]


def test_what_a_tracer_was_given_is_not_kept() -> None:
    calls, row = counted(4)
    with FakeTensorMode():
        assert type(row(3)) is not Tensor  # type: ignore[operator]
    assert row(3).tolist() == [0, 1, 2]  # type: ignore[operator]
    assert calls == [3, 3]


def test_a_pair_with_a_tracers_tensor_is_not_kept_either() -> None:
    @made_once(4)
    def pair(count: int) -> tuple[int, Tensor]:
        return count, torch.arange(count)

    with FakeTensorMode():
        pair(3)
    assert pair(3)[1].tolist() == [0, 1, 2]
    assert pair(3) is pair(3)


def test_to_a_compiler_it_is_a_constant() -> None:
    calls, row = counted(4)
    graphs: list[torch.fx.GraphModule] = []

    def note(graph: torch.fx.GraphModule, inputs: object) -> object:
        del inputs
        graphs.append(graph)
        return graph.forward

    @torch.compile(backend=note, fullgraph=True)
    def add(values: Tensor) -> Tensor:
        return values + row(3)  # type: ignore[operator, no-any-return]

    assert add(torch.ones(3)).tolist() == [1, 2, 3]
    assert calls == [3]
    targets = [node.target for node in graphs[0].graph.nodes]
    assert torch.arange not in targets
