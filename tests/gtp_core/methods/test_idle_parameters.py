"""A parameter that changes nothing is not offered, and the reason is given."""

from __future__ import annotations

import pytest

from gtp_core.methods import MethodBase
from gtp_core.methods.evit import EViT
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.random import RandomDrop
from gtp_core.methods.schedule import LayerRange
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned


@pytest.mark.parametrize(
    ("method", "idle"),
    [
        (GTP(), set()),
        (GTP(graph="spatial"), {"neighbours"}),
        (GTP(alpha=0.0), {"token_scale"}),
        (GTP(propagation="none"), {"alpha", "graph", "neighbours", "token_scale"}),
        (GTP(propagation="mean"), {"alpha", "graph", "neighbours", "token_scale"}),
        (ToMe(), set()),
        (ToMe(merged=(8,) * 12), {"inflection"}),
        (ToMe(merged=0), {"inflection", "proportional_attention"}),
        (RandomDrop(removed=LayerRange(0, 1, 3)), {"seed"}),
        (Unpruned(), set()),
        (EViT(), set()),
        (Floor(0), set()),
    ],
)
def test_idle_parameters(method: MethodBase, idle: set[str]) -> None:
    found = {name for name in method.parameters() if method.idle_reason(name)}
    assert found == idle


def test_without_propagated_tokens_only_the_sparsity_still_matters() -> None:
    method = GTP(propagated=0)
    assert method.idle_reason("theta") is None
    assert method.idle_reason("selection") == "only while P is above 0"


def test_an_inflection_that_is_set_can_be_taken_back() -> None:
    method = ToMe(merged=(8,) * 12, inflection=-1.0)
    assert method.idle_reason("inflection") is None
