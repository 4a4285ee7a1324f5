"""A set of timed forward passes, and its figures."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gtp_core.records.samples import Samples


def samples(seconds: object, batch: int = 1) -> Samples:
    return Samples("gtp:P=8", batch, seconds)  # type: ignore[arg-type]


def test_median_and_quartiles_are_per_forward_pass() -> None:
    found = samples([0.1, 0.2, 0.3, 0.4, 0.5], batch=8)
    assert found.median == pytest.approx(0.3)
    assert found.quartiles == pytest.approx((0.2, 0.4))


def test_per_image_numbers_divide_by_the_batch() -> None:
    found = samples([0.2], batch=8)
    assert found.per_image == pytest.approx(0.025)
    assert found.images_per_second == pytest.approx(40)


def test_no_samples_give_nan_and_null_in_a_report() -> None:
    nothing = samples([])
    assert math.isnan(nothing.median)
    assert math.isnan(nothing.quartiles[0])
    report = json.loads(json.dumps(nothing.to_dict(), allow_nan=False))
    assert report["median_seconds"] is None
    assert report["images_per_second"] is None
    assert report["seconds"] == []


def test_any_sequence_is_taken_and_kept_as_it_was() -> None:
    seconds = np.array([1.0, 2.0])
    found = samples(seconds)
    seconds[0] = 9.0
    assert found.seconds.tolist() == [1.0, 2.0]
    assert samples((1, 2)).seconds.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        found.seconds[0] = 9.0


@pytest.mark.parametrize("second", [0.0, -1.0, math.nan, math.inf])
def test_a_time_that_is_not_above_0_is_refused(second: float) -> None:
    with pytest.raises(ValueError, match=r"A sample of gtp:P=8 took .* allowed: above"):
        samples([1.0, second])


def test_other_shapes_and_batches_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 2\); allowed: one number per"):
        samples([[1.0, 2.0]])
    with pytest.raises(ValueError, match="batch of gtp:P=8 is 0; allowed: 1 or more"):
        samples([1.0], batch=0)
