"""A method of someone else, in one file: tokens with short keys are dropped.

A key's length says how loudly a token asks for attention, whatever it is asked. No map
is needed, so fused attention stays possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gtp_core.methods import MethodBase
from gtp_core.methods.parameters import choice, removed_count
from gtp_core.methods.schedule import Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from gtp_core.network.reducing import Layer


@dataclass(frozen=True)
class ShortKeys(MethodBase):
    """Drops the tokens whose keys, summed over heads, are shortest (or longest)."""

    name: ClassVar[str] = "short-keys"
    title: ClassVar[str] = "ShortKeys"
    summary: ClassVar[str] = "drops the tokens with the shortest keys"
    family: ClassVar[str] = "attention"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
    first: str = choice(
        "shortest",
        "first",
        "first",
        "Which tokens leave first: those with the shortest or the longest keys.",
        ("shortest", "longest"),
    )

    @staticmethod
    def reducer() -> Any:
        """The Reducer: torch is imported here and not above."""
        from gtp_core.network.reducing import RankedReducer, rows

        class ShortKeysReducer(RankedReducer[ShortKeys]):
            """Ranks by length and drops."""

            needs_keys = True

            @classmethod
            def overhead_macs(
                cls, config: Any, shape: Any, tokens: int, count: int, layer: int
            ) -> int:
                """The sum over heads, and one square for each entry of a key."""
                del config, count, layer
                return tokens * (shape.heads + 1) * shape.head_width

            def scores(self, layer: Layer) -> Tensor:
                """(B, n); the lowest leave."""
                assert layer.keys is not None
                lengths: Tensor = layer.keys.norm(dim=-1)
                return lengths if self.config.first == "shortest" else -lengths

            def reduce(self, layer: Layer) -> Tensor:
                """(B, n - count, C)"""
                split = self.split(layer)
                self.record(split)
                return rows(layer.tokens, split.kept)

        return ShortKeysReducer
