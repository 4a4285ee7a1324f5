"""How much of each removed token goes on: counted in real runs."""

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.records.flow import flow
from gtp_core.records.groups import NOWHERE, holders, sizes
from gtp_core.records.trace import Trace
from tests.gtp_core.drawing.scenes import gtp_trace, tome_trace


@pytest.fixture(scope="module")
def traced() -> dict[str, Trace]:
    """Runs of the bundled network on one noise image."""
    import torch

    vit = gtp.create_backbone("demo")
    images = torch.rand(1, 3, 112, 112, generator=torch.Generator().manual_seed(0))
    methods = ("gtp:P=8,alpha=0.1", "gtp:P=8,alpha=1", "tome:r=8", "pitome:r=8")
    return {
        text: gtp.accelerate(vit, gtp.parse_method(text)).trace(images)[0]
        for text in methods
    }


def test_shares_are_those_of_the_links_where_content_is_added() -> None:
    found = flow(gtp_trace(), 0)
    assert found.share.tolist() == pytest.approx([0.05, 0.01, 0.03])
    assert found.removed.tolist() == [0, 5]
    assert found.handed.tolist() == pytest.approx([0.06, 0.03])


def test_merging_hands_on_everything(traced: dict[str, Trace]) -> None:
    for name in ("tome:r=8", "pitome:r=8"):
        trace = traced[name]
        for layer in range(len(trace.layers)):
            assert flow(trace, layer).handed.tolist() == pytest.approx(
                [1.0] * len(trace.layers[layer].removed), rel=1e-4
            )


def test_ten_times_the_strength_hands_on_ten_times_as_much(
    traced: dict[str, Trace],
) -> None:
    weak, strong = traced["gtp:P=8,alpha=0.1"], traced["gtp:P=8,alpha=1"]
    assert weak.layers[0].removed.tolist() == strong.layers[0].removed.tolist()
    assert flow(strong, 0).handed == pytest.approx(10 * flow(weak, 0).handed, rel=1e-3)
    assert flow(weak, 0).handed.max() < 0.2


def test_handed_and_lost_add_up_to_what_the_trace_holds(
    traced: dict[str, Trace],
) -> None:
    """In the first layer each token is one patch, so both count the same."""
    for trace in traced.values():
        found = flow(trace, 0)
        held = trace.held(0)[found.removed]
        assert found.handed == pytest.approx(held, abs=1e-4)


def test_what_one_token_hands_on_can_be_asked_for() -> None:
    assert flow(gtp_trace(), 1).handed_by(10) == pytest.approx(0.05)
    assert flow(gtp_trace(), 1).handed_by(12) == 0.0
    assert flow(gtp_trace(), 1).handed_by(3) is None


def test_a_layer_without_removal_has_no_flow() -> None:
    found = flow(gtp_trace(), 2)
    assert len(found.share) == len(found.removed) == 0


def test_merged_patches_are_followed_to_their_token(
    traced: dict[str, Trace],
) -> None:
    """The groups are those that provenance mixes."""
    trace = traced["tome:r=8"]
    last = len(trace.layers) - 1
    holder, share = holders(trace, last), trace.provenance(last)
    rows = {int(token): row for row, token in enumerate(trace.layers[last].after)}
    for patch in range(trace.patches):
        assert share[rows[int(holder[patch])], patch] > 0
    assert (sizes(holder) >= 1).all()


def test_patches_whose_content_went_nowhere_have_no_holder() -> None:
    holder = holders(gtp_trace(), 1)
    assert holder[12] == NOWHERE
    assert holder[[0, 5, 10]].tolist() == [1, 6, 11]
    assert sizes(holder)[12] == 0
    assert sizes(holders(tome_trace(), 0))[[2, 3, 4]].tolist() == [2, 2, 1]
    assert np.array_equal(holders(tome_trace(), -1), np.arange(16))
