"""Every family of networks: equal to timm with nothing to remove, and right with.

`vit.forward` of timm is the truth for the former, `AnyViT` for the latter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import gtp_core as gtp
from tests.gtp_core.network.backbones.families import FAMILIES, images
from tests.gtp_core.reference.any_network import AnyViT
from tests.gtp_core.reference.ats import SlowATS
from tests.gtp_core.reference.compare import assert_same
from tests.gtp_core.reference.dropping import SlowEViT
from tests.gtp_core.reference.gtp import SlowGTP
from tests.gtp_core.reference.merging import SlowPiToMe, SlowToFu
from tests.gtp_core.reference.network import Method
from tests.gtp_core.reference.tome import SlowToMe
from tests.gtp_core.small import logits_of, of_every_method

every_family = pytest.mark.parametrize("family", FAMILIES)

NOTHING_TO_REMOVE = of_every_method(
    0,
    "unpruned:attention=eager",
    "gtp:P=0/0/0,select=cos_sim_max,propagate=mean",
    "floor:K=0@2-3",
)
REMOVING = of_every_method(3, "gtp:P=4/0/3", "gtp:P=3,propagate=mean,theta=0.8")
REMOVING.remove("unpruned")


@cache
def network(family: str) -> tuple[nn.Module, Tensor, Tensor]:
    """The network, two images, and timm's own logits."""
    vit = FAMILIES[family]()
    x = images(vit)
    return vit, x, logits_of(vit, x)


def accelerated(family: str, text: str) -> gtp.AcceleratedViT:
    method = gtp.parse_method(text)
    vit, _, _ = network(family)
    if isinstance(method, gtp.TopK) and not vit.has_class_token:
        method = gtp.TopK(method.removed, "mixed_attn_max")
    _skip_if_refused(type(method), vit)
    return gtp.accelerate(vit, method)


def _skip_if_refused(method: type[gtp.MethodBase], vit: Any) -> None:
    if method.needs_class_token and not vit.has_class_token:
        pytest.skip(f"{method.title} needs a class token")
    if method is gtp.ATS and vit.global_pool == "avgmax":
        pytest.skip("the pooling would count what ATS pads")


@every_family
@pytest.mark.parametrize("text", NOTHING_TO_REMOVE)
def test_reduction_off_equals_timm(family: str, text: str) -> None:
    _, x, truth = network(family)
    fast = accelerated(family, text)
    assert fast.schedule == (0, 0, 0)
    torch.testing.assert_close(logits_of(fast, x), truth, rtol=0, atol=1e-4)


@every_family
@pytest.mark.parametrize("text", REMOVING)
def test_a_reduced_network_does_what_its_schedule_says(family: str, text: str) -> None:
    _, x, truth = network(family)
    fast = accelerated(family, text)
    logits = logits_of(fast, x)
    assert logits.shape == truth.shape
    assert logits.isfinite().all()
    assert (logits - truth).abs().max() > 1e-4, "removing tokens changes something"
    for image, trace in enumerate(fast.trace(x)):
        torch.testing.assert_close(
            torch.tensor(trace.logits), logits[image], rtol=1e-4, atol=1e-4
        )
        removed = [len(layer.removed) for layer in trace.layers]
        assert sum(removed) > 0
        if isinstance(fast.method, gtp.ATS):  # images may keep fewer
            assert (np.cumsum(removed) >= np.cumsum(fast.schedule)).all()
        else:
            assert tuple(removed) == fast.schedule


@every_family
@pytest.mark.parametrize("method", ["gtp", "tome", "tofu", "pitome", "evit", "ats"])
def test_reduction_is_right(family: str, method: str) -> None:
    vit, x, _ = network(family)
    _skip_if_refused(gtp.METHODS[method], vit)
    choices: dict[str, tuple[gtp.MethodBase, Callable[[], Method]]] = {
        "gtp": (gtp.GTP((4, 0, 3)), lambda: SlowGTP((4, 0, 3))),
        "tome": (gtp.ToMe((4, 0, 3)), lambda: SlowToMe((4, 0, 3))),
        "tofu": (gtp.ToFu((4, 0, 3)), lambda: SlowToFu((4, 0, 3), 2)),
        "pitome": (gtp.PiToMe((4, 0, 3)), lambda: SlowPiToMe((4, 0, 3))),
        "evit": (gtp.EViT((4, 0, 3)), lambda: SlowEViT((4, 0, 3))),
        "ats": (gtp.ATS((4, 0, 3)), lambda: SlowATS((4, 0, 3))),
    }
    config, slow = choices[method]
    if vit.num_classes == 0:  # bare features are an order of magnitude larger
        assert_same(vit, x[:1], config, slow, tolerance=1e-3, network=AnyViT)
    else:
        assert_same(vit, x[:1], config, slow, network=AnyViT)
