"""An answer whose numbers do not fit together is not taken in."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from gtp_core.engine import messages
from gtp_core.engine.checks import check, check_trace
from gtp_core.methods import METHODS
from gtp_core.network.accelerated import accelerate
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.features import Features
from gtp_core.records.trace import Factor, Links, Trace
from tests.gtp_core.engine import samples
from tests.gtp_core.small import images, small_vit
from tests.gtp_core.traces import gtp_trace

TRACE = gtp_trace()
LAYER = TRACE.layers[1]
LINKS = LAYER.links


def with_layer(**changes: Any) -> Trace:
    """The trace with another second layer."""
    layers = list(TRACE.layers)
    layers[1] = dataclasses.replace(LAYER, **changes)
    return dataclasses.replace(TRACE, layers=tuple(layers))


@pytest.mark.parametrize("event", samples.EVENTS, ids=lambda e: type(e).__name__)
def test_what_makes_sense_passes(event: Any) -> None:
    check(event)


@pytest.mark.parametrize(
    "name", [name for name, kind in METHODS.items() if not kind.is_timing_only]
)
def test_the_trace_of_every_method_makes_sense(name: str) -> None:
    vit = small_vit()
    for trace in accelerate(vit, METHODS[name]()).trace(images(vit)):
        check_trace(trace)


def test_ids_that_no_patch_has_are_refused() -> None:
    huge = LAYER.kept.copy()
    huge[0] = 2**31 - 1  # would become an array of 2^31 rows
    negative = LAYER.kept.copy()
    negative[0] = -1
    for kept in (huge, negative):
        with pytest.raises(ValueError, match="cannot be as it says"):
            check_trace(with_layer(kept=kept))


@pytest.mark.parametrize(
    "changes",
    [
        {"layer": 0},
        {"tokens": np.append(LAYER.tokens, TRACE.layers[0].removed[0])},
        {"removed": TRACE.layers[0].removed},
        {"orphans": TRACE.layers[0].removed},
        {"scores": np.ones(3)},
        {"class_attention": np.ones((len(LAYER.tokens), 1))},
        {"factors": (Factor("hard to regenerate", np.ones(3)),)},
        {"self_weights": np.ones(3)},
        {"token_scales": np.ones(3)},
        {"added": np.array([10**6])},
        {"links": Links(LINKS.source, LINKS.target, LINKS.weight[:-1])},
        {
            "links": Links(
                LINKS.source, LAYER.removed[:1].repeat(len(LINKS)), LINKS.weight
            )
        },
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_layer_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be as it says"):
        check_trace(with_layer(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"grid": (0, 8)},
        {"grid": (10**5, 10**5)},
        {"grid": (3, 3)},
        {"logits": np.ones((2, 2))},
        {"graph": dataclasses.replace(TRACE.graph, kind=TRACE.graph.kind + 3)},  # type: ignore[union-attr, type-var]
        {"graph": dataclasses.replace(TRACE.graph, source=TRACE.graph.source + 40)},  # type: ignore[union-attr, type-var]
    ],
)
def test_a_trace_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be as it says"):
        check_trace(dataclasses.replace(TRACE, **changes))


@pytest.mark.parametrize(
    "spec",
    [
        InputSpec(48, 64, (8, 8), crop=0.0),
        InputSpec(48, 64, (8, 8), mode="fold"),
        InputSpec(48, 64, (8, 8), interpolation="magic"),
        InputSpec(48, 72, (8, 8)),
        InputSpec(4, 64, (8, 8)),
    ],
)
def test_an_input_that_no_photo_can_be_fitted_to_is_refused(spec: InputSpec) -> None:
    info = dataclasses.replace(samples.INFO, input_spec=spec)
    with pytest.raises(ValueError, match="cannot be as it says"):
        check(messages.ModelReady(1, samples.SPEC, info))


@pytest.mark.parametrize(
    "event",
    [
        messages.MeasureSample(1, 0, 0, float("nan")),
        messages.MeasureSample(1, 0, 0, 0.0),
        messages.MeasureSample(1, 0, -1, 0.1),
        messages.MeasureStarted(
            1, samples.SPEC, (), 1, "eager", 1, samples.ENVIRONMENT
        ),
        dataclasses.replace(samples.EVENTS[9], tokens=np.zeros(2, np.int32)),
        *(
            messages.FeaturesReady(
                1,
                samples.SPEC,
                "content",
                samples.METHOD,
                Features((dataclasses.replace(samples.FEATURES.layers[0], **wrong),)),
            )
            for wrong in (
                {"tokens": np.array([3, -1], np.int32)},
                {"similarity": np.ones(3, np.float32)},
                {"colors": np.ones((2, 4), np.uint8)},
                {"cka": float("nan")},
                {"class_similarity": 2.0},
            )
        ),
        messages.RunResult(
            1,
            samples.SPEC,
            "content",
            dataclasses.replace(samples.REFUSED, failure=None),
        ),
        messages.RunResult(
            1,
            samples.SPEC,
            "content",
            dataclasses.replace(samples.OUTCOME, schedule=(5,)),
        ),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_event_that_makes_no_sense_is_refused(event: Any) -> None:
    with pytest.raises(ValueError, match="cannot be as it says"):
        check(event)
