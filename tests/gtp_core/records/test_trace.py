"""The records of a trace: frozen, picklable, and exact by hand on a small example."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    LayerTrace,
    Links,
    TokenGraph,
    Trace,
)
from tests.gtp_core.small import images, small_vit


def two_layers() -> Trace:
    """Patches 0 to 3; 2 goes to 0 (half) and 1 (a quarter), then 0 goes to 1, 3 is
    lost."""
    none = Links.none()
    first = LayerTrace(
        layer=0,
        tokens=[0, 1, 2, 3],
        kept=[3, 1, 0],
        removed=[2],
        added=[],
        scores=[0.4, 0.3, 0.1, 0.9],
        links=Links([2, 2], [0, 1], [0.5, 0.25]),
        self_weights=[1, 1, 1],
        token_scales=[1, 1, 1.25, 1.5],
        orphans=[],
    )
    second = LayerTrace(
        layer=1,
        tokens=[3, 1, 0],
        kept=[1],
        removed=[0, 3],
        added=[5],
        scores=None,
        links=Links([0, 0], [1, 5], [0.1, 1.0]),
        self_weights=[1],
        token_scales=[1, 1, 1],
        orphans=[3],
    )
    assert len(none) == 0
    return Trace("gtp:P=1", (2, 2), [1.0, 2.0], None, (first, second))


def test_provenance_by_hand() -> None:
    trace = two_layers()
    np.testing.assert_allclose(
        trace.provenance(0), [[0, 0, 0, 1], [0, 1, 0.25, 0], [1, 0, 0.5, 0]]
    )
    np.testing.assert_allclose(
        trace.provenance(1), [[0.1, 1, 0.3, 0], [1, 0, 0.5, 0]], rtol=1e-6
    )
    np.testing.assert_allclose(trace.held(1), [1.1, 1, 0.8, 0], rtol=1e-6)
    np.testing.assert_allclose(trace.lost(1), [-0.1, 0, 0.2, 1], rtol=1e-5, atol=1e-6)


def test_layers_count_from_either_end() -> None:
    trace = two_layers()
    np.testing.assert_array_equal(trace.provenance(-1), trace.provenance(1))
    np.testing.assert_array_equal(trace.held(-2), trace.held(0))
    for layer in (2, -3):
        with pytest.raises(IndexError, match="there are 2"):
            trace.provenance(layer)


def test_averages_are_held_by_their_size() -> None:
    layer = LayerTrace(
        layer=0,
        tokens=[0, 1, 2, 3],
        kept=[1, 3],
        removed=[0, 2],
        added=[],
        scores=None,
        links=Links([0, 2], [1, 1], [1 / 3, 1 / 3]),
        self_weights=[1 / 3, 1],
        token_scales=[1, 3, 1],
        orphans=[],
    )
    trace = Trace("tome:r=2", (2, 2), [0.0], None, (layer,), averages=True)
    np.testing.assert_allclose(trace.held(0), 1, rtol=1e-6)


def test_after_and_image_scales() -> None:
    trace = two_layers()
    assert trace.layers[0].after.tolist() == [3, 1, 0]
    assert trace.layers[1].after.tolist() == [1, 5]
    assert trace.layers[0].image_scales.tolist() == [1, 1.25, 1.5]
    assert trace.layers[1].image_scales.tolist() == [1, 1]


def real_trace() -> Trace:
    vit = small_vit()
    trace: Trace = gtp.accelerate(vit, gtp.GTP(3, alpha=0.5)).trace(images(vit))[0]
    return trace


def through_a_pipe(trace: Trace) -> Trace:
    loaded: Trace = pickle.loads(pickle.dumps(trace))
    return loaded


def arrays_of(record: object) -> list[np.ndarray]:
    """Every array anywhere inside a record."""
    found = []
    for field in dataclasses.fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            found.append(value)
        elif dataclasses.is_dataclass(value):
            found += arrays_of(value)
        elif isinstance(value, tuple):
            for item in value:
                found += arrays_of(item) if dataclasses.is_dataclass(item) else []
    return found


@pytest.mark.parametrize(
    "trip",
    [lambda trace: trace, copy.copy, copy.deepcopy, through_a_pipe],
    ids=["itself", "copy", "deepcopy", "pickle"],
)
def test_nothing_can_be_written(trip: Callable[[Trace], Trace]) -> None:
    trace = trip(real_trace())
    arrays = arrays_of(trace)
    assert len(arrays) > 30
    derived = [trace.provenance(1), trace.held(1), trace.lost(1)]
    derived += [trace.layers[0].after, trace.layers[0].image_scales]
    for array in arrays + derived:
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.grid = (1, 1)  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.layers[0].kept = None  # type: ignore[misc, assignment]


@pytest.mark.parametrize("trip", [copy.deepcopy, through_a_pipe])
def test_a_copy_says_the_same(trip: Callable[[Trace], Trace]) -> None:
    trace = real_trace()
    trace.provenance(2)
    other = trip(trace)
    assert (other.method, other.grid) == (trace.method, trace.grid)
    for one, two in zip(arrays_of(trace), arrays_of(other), strict=True):
        assert one.dtype == two.dtype
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(other.provenance(2), trace.provenance(2))


def test_a_record_keeps_no_hold_on_what_it_was_made_from() -> None:
    ids, weights = np.array([1, 2], np.int32), np.array([0.5, 0.5], np.float32)
    links = Links(ids, ids, weights)
    ids[0], weights[0] = 9, 9
    assert links.source.tolist() == [1, 2]
    assert links.weight.tolist() == [0.5, 0.5]
    assert ids.flags.writeable


def test_dtypes_are_fixed() -> None:
    trace = real_trace()
    layer = trace.layers[0]
    for ids in (layer.tokens, layer.kept, layer.removed, layer.orphans, layer.added):
        assert ids.dtype == np.int32
    for numbers in (layer.scores, layer.token_scales, layer.links.weight, trace.logits):
        assert numbers is not None
        assert numbers.dtype == np.float32
    assert trace.graph is not None
    assert trace.graph.kind.dtype == np.uint8


def test_a_traced_method_reads_back() -> None:
    assert gtp.parse_method(real_trace().method) == gtp.GTP(3, alpha=0.5)


def test_kinds_of_edges_combine() -> None:
    graph = TokenGraph([0, 1], [1, 0], [1.0, 1.0], [SPATIAL, BOTH])
    assert len(graph) == 2
    assert (graph.kind & SPATIAL).all()
    assert (graph.kind & SEMANTIC).astype(bool).tolist() == [False, True]


def test_only_graph_propagation_has_a_graph() -> None:
    vit = small_vit()
    x = images(vit)
    for method in (gtp.ToMe(2), gtp.TopK(2), gtp.GTP(2, propagation="none")):
        assert gtp.accelerate(vit, method).trace(x)[0].graph is None


def test_a_changed_copy_has_a_provenance_of_its_own() -> None:
    vit = small_vit()
    (trace,) = gtp.accelerate(vit, gtp.GTP(3)).trace(images(vit, 1))
    (other,) = gtp.accelerate(vit, gtp.GTP(5)).trace(images(vit, 1))
    before = trace.provenance(2)
    changed = dataclasses.replace(trace, layers=other.layers).provenance(2)
    assert len(changed) == len(before) - 6
