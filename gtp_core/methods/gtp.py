"""Graph-based token propagation (WACV 2024, arXiv 2311.03035); training-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import (
    Parameter,
    choice,
    declare,
    flag,
    removed_count,
    whole,
)
from gtp_core.methods.schedule import Schedule
from gtp_core.methods.selections import SELECTIONS

GRAPHS = {
    "mixed": "Joined with the patches around it and with the tokens most like it.",
    "spatial": "Joined with the 8 patches around it.",
    "semantic": "Joined with the M tokens most like it.",
}
"""Which tokens each token is joined with -> in one sentence."""
PROPAGATIONS = {
    "graph": "To its neighbours in the graph.",
    "mean": "Into one added token, the mean of all that leave in the layer.",
    "none": "Nowhere: it is lost.",
}
"""Where the content of a removed token goes -> in one sentence."""


@dataclass(frozen=True)
class GTP(MethodBase):
    """Graph-based token propagation (WACV 2024, arXiv 2311.03035); training-free."""

    name: ClassVar[str] = "gtp"
    title: ClassVar[str] = "GTP"
    family: ClassVar[str] = "gtp"
    order: ClassVar[int] = 10
    summary: ClassVar[str] = "propagates the least important tokens along a graph"
    schedule_field: ClassVar[str | None] = "propagated"

    propagated: Schedule = removed_count(
        "P", "How many tokens pass on their content and leave in each layer."
    )
    alpha: float = declare(
        0.1,
        Parameter(
            "alpha",
            "α",
            "number",
            "How much of a removed token its neighbours receive. 0: nothing.",
            minimum=0.0,
            suggested=(0.0, 1.0, 0.05),
            word="strength",
        ),
    )
    theta: float = declare(
        1.0,
        Parameter(
            "theta",
            "θ",
            "number",
            "Which share of the attention map is kept: its largest entries. 1: all of "
            "it.",
            minimum=0.0,
            maximum=1.0,
            above_minimum=True,
            suggested=(0.3, 1.0, 0.05),
            word="attention kept",
        ),
    )
    graph: str = choice(
        "mixed",
        "graph",
        "graph",
        "Which tokens are joined by edges, along which content may flow.",
        GRAPHS,
    )
    neighbours: int = whole(
        8,
        "M",
        "M",
        "With how many most similar tokens each token is joined.",
        1,
        32,
        word="semantic neighbours",
    )
    selection: str = choice(
        "mixed_attn_max",
        "select",
        "selection",
        "How a token's importance is scored. The tokens with the lowest scores leave.",
        SELECTIONS,
    )
    propagation: str = choice(
        "graph",
        "propagate",
        "propagation",
        "Where the content of removed tokens goes.",
        PROPAGATIONS,
    )
    token_scale: bool = flag(
        True,
        "scale",
        "token scale",
        "On: a token that received content weighs more in the next attention.",
    )

    def idle_reason(self, field: str) -> str | None:
        """As for every method. θ acts also where no token is removed."""
        if field == "theta":
            return None
        return super().idle_reason(field) or self._unused_reason(field)

    def _unused_reason(self, field: str) -> str | None:
        of_the_graph = ("alpha", "graph", "neighbours", "token_scale")
        if field in of_the_graph and self.propagation != "graph":
            # A mean token has the mean of scales that are all 1: nothing ever differs.
            return "only with graph propagation"
        if field == "neighbours" and self.graph == "spatial":
            return "only with semantic edges"
        if field == "token_scale" and self.alpha == 0:
            return "only while α is above 0"
        return None
