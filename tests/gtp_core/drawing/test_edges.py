"""The token graph as pairs of tokens."""

import numpy as np

from gtp_core.drawing.edges import Pairs
from gtp_core.records.trace import BOTH, SEMANTIC, SPATIAL, TokenGraph
from tests.gtp_core.drawing.scenes import graph


def test_each_pair_is_there_once_the_heaviest_first() -> None:
    pairs = Pairs.of(graph())
    found = list(zip(pairs.low.tolist(), pairs.high.tolist(), strict=True))
    assert found == [(0, 1), (1, 2), (5, 6), (6, 7), (0, 15), (3, 15)]
    assert (np.diff(pairs.weight) <= 0).all()


def test_the_kinds_of_both_directions_are_united() -> None:
    one_way = TokenGraph(
        np.array([1, 4]), np.array([4, 1]), np.ones(2), np.array([SPATIAL, SEMANTIC])
    )
    assert Pairs.of(one_way).kind.tolist() == [BOTH]


def test_a_link_finds_the_kind_of_its_edge_in_either_direction() -> None:
    source, target = np.array([1, 15, 3, 2]), np.array([0, 0, 15, 9])
    kinds = Pairs.of(graph()).kinds_of(source, target)
    assert kinds.tolist() == [BOTH, SEMANTIC, SEMANTIC, 0]


def test_a_graph_without_edges_has_no_pairs() -> None:
    none = TokenGraph(np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    pairs = Pairs.of(none)
    assert len(pairs) == 0
    assert pairs.kinds_of(np.array([1]), np.array([2])).tolist() == [0]
