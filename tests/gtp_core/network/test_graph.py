"""The token graph, edge by edge, against its definition written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from gtp_core.network import graph as graphs
from gtp_core.network.graph import spatial_mask, token_graph
from gtp_core.records.trace import SEMANTIC, SPATIAL, TokenGraph
from tests.gtp_core.reference.gtp import edges, normalised

CPU = torch.device("cpu")
GRIDS = [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4), (4, 3)]
every_grid = pytest.mark.parametrize("grid", GRIDS, ids=str)
every_kind = pytest.mark.parametrize("kind", ["spatial", "semantic", "mixed"])


def tokens(grid: tuple[int, int], batch: int = 2, width: int = 8) -> Tensor:
    draw = torch.Generator().manual_seed(0)
    return torch.randn(batch, grid[0] * grid[1], width, generator=draw)


def as_dict(graph: TokenGraph) -> dict[tuple[int, int], float]:
    """(receiver, sender) -> weight."""
    pairs = zip(graph.target.tolist(), graph.source.tolist(), strict=True)
    return dict(zip(pairs, graph.weight.tolist(), strict=True))


@every_grid
@every_kind
@pytest.mark.parametrize("neighbours", [1, 3, 100])
def test_edges_and_weights(grid: tuple[int, int], kind: str, neighbours: int) -> None:
    x = tokens(grid)
    for image, graph in enumerate(token_graph(x, grid, kind, neighbours)):
        vectors = list(x[image].double().numpy())
        expected = normalised(edges(vectors, grid, kind, neighbours))
        got = as_dict(graph)
        assert len(got) == len(graph), "no edge twice"
        assert got == pytest.approx(expected, rel=1e-5)


@every_grid
def test_kinds_of_a_mixed_graph(grid: tuple[int, int]) -> None:
    x = tokens(grid, batch=1)
    (mixed,) = token_graph(x, grid, "mixed", 2)
    (spatial,) = token_graph(x, grid, "spatial", 2)
    (semantic,) = token_graph(x, grid, "semantic", 2)
    pairs = list(zip(mixed.target.tolist(), mixed.source.tolist(), strict=True))
    kind = dict(zip(pairs, mixed.kind.tolist(), strict=True))
    assert {p for p, k in kind.items() if k & SPATIAL} == set(as_dict(spatial))
    assert {p for p, k in kind.items() if k & SEMANTIC} == set(as_dict(semantic))
    assert set(spatial.kind.tolist()) <= {SPATIAL}
    assert set(semantic.kind.tolist()) <= {SEMANTIC}


@every_grid
def test_spatial_neighbours_are_the_eight_around(grid: tuple[int, int]) -> None:
    mask = spatial_mask(grid, CPU).numpy()
    row, column = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
    for one in range(len(row)):
        for other in range(len(row)):
            gap = max(abs(row[one] - row[other]), abs(column[one] - column[other]))
            assert mask[one, other] == (gap == 1)


def test_a_corner_has_three_a_side_five_and_the_middle_eight() -> None:
    degrees = spatial_mask((3, 3), CPU).sum(1).view(3, 3)
    assert degrees.tolist() == [[3, 5, 3], [5, 8, 5], [3, 5, 3]]


@every_kind
def test_no_token_is_its_own_neighbour(kind: str) -> None:
    for graph in token_graph(tokens((3, 3)), (3, 3), kind, 100):
        assert (graph.source != graph.target).all()


def test_a_semantic_graph_is_directed() -> None:
    (graph,) = token_graph(tokens((3, 4), batch=1), (3, 4), "semantic", 2)
    pairs = set(as_dict(graph))
    assert {(b, a) for a, b in pairs} != pairs
    assert np.bincount(graph.target, minlength=12).tolist() == [2] * 12


@pytest.mark.parametrize("sign", [1, -1], ids=["alike", "opposed"])
def test_both_ways_to_find_the_nearest_agree(
    sign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opposed: no token is positively similar to the first one."""
    x = tokens((4, 5), batch=3)
    x[:, 1:, 0] = sign * x[:, 1:, 0].abs() + sign * 5
    x[:, 0, 0] = 9.0
    found = graphs.nearest(x, 6)
    fast = graphs._nearest_on_cpu(graphs._closeness(x), 6)
    assert (fast is None) == (sign < 0)
    monkeypatch.setattr(graphs, "_nearest_on_cpu", lambda *_: None)
    assert torch.equal(graphs.nearest(x, 6), found)


def test_equal_tokens_are_not_counted_twice() -> None:
    x = tokens((4, 5))
    x[:, 5:15] = x[:, 4:5]
    near = graphs.nearest(x, 3)
    assert torch.equal(near.sum(2), torch.full((2, 20), 3))


def test_what_depends_on_the_grid_alone_is_worked_out_once() -> None:
    grid = (4, 5)
    first = graphs.weights(tokens(grid), grid, "spatial", 8, prefix=1, alpha=0.3)
    again = graphs.weights(-tokens(grid), grid, "spatial", 8, prefix=1, alpha=0.3)
    assert again.data_ptr() == first.data_ptr()
    other = graphs.weights(tokens(grid), grid, "spatial", 8, prefix=1, alpha=0.6)
    torch.testing.assert_close(other, 2 * first)


def test_similarity_ignores_length() -> None:
    x = tokens((3, 4), batch=1)
    lengths = torch.linspace(0.1, 10, 12)[None, :, None]
    (one,) = token_graph(x, (3, 4), "semantic", 3)
    (other,) = token_graph(x * lengths, (3, 4), "semantic", 3)
    assert as_dict(one) == as_dict(other)


@every_kind
@pytest.mark.parametrize("value", [0.0, 1.0], ids=["zero", "identical"])
def test_tokens_without_difference_give_finite_weights(kind: str, value: float) -> None:
    x = torch.full((1, 9, 4), value)
    (graph,) = token_graph(x, (3, 3), kind, 2)
    (again,) = token_graph(x, (3, 3), kind, 2)
    assert np.isfinite(graph.weight).all()
    assert as_dict(graph) == as_dict(again)


def test_a_single_token_has_no_edge() -> None:
    for kind in ("spatial", "semantic", "mixed"):
        (graph,) = token_graph(torch.ones(1, 1, 4), (1, 1), kind, 8)
        assert len(graph) == 0


@every_kind
def test_half_precision_tokens(kind: str) -> None:
    x = tokens((3, 4)).half()
    for rough, exact in zip(
        token_graph(x, (3, 4), kind, 2),
        token_graph(x.float(), (3, 4), kind, 2),
        strict=True,
    ):
        assert as_dict(rough) == as_dict(exact)
