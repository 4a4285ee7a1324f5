"""What a trace notes of an attention map beside the scores themselves."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from gtp_core.network.reducing import selection


class MapNotes:
    """Reads a map for a trace: the scores, their factors, the class token's row.

    The readings come in this order, each (b, n). A trace costs little more than a plain
    pass, because scores that are a product are made of the factors.
    """

    def __init__(self, chosen: str, prefix: int, has_class_token: bool) -> None:
        self._scorer = selection.scorer(chosen)
        self._factors = selection.factor_scorers(chosen)
        self._prefix, self._has_class_token = prefix, has_class_token

    def read(self, attention: Tensor) -> tuple[Tensor, ...]:
        """The readings of a map (b, H, n, n), or of the class token's row of it."""
        found: list[Tensor] = []
        if self._factors:
            parts = [score(attention, self._prefix) for score in self._factors.values()]
            found += [parts[0] * parts[1], *parts]
        elif self._scorer is not None:
            found.append(self._scorer(attention, self._prefix))
        if self._has_class_token:
            found.append(attention[:, :, 0].mean(1))
        return tuple(found)

    def factors(self, readings: Sequence[Tensor]) -> dict[str, Tensor]:
        """The factors (B, n) among the `readings`, by name; none in the plain case."""
        return dict(zip(self._factors, readings[1:], strict=False))

    def class_row(self, readings: Sequence[Tensor]) -> Tensor | None:
        """The class token's attention (B, n), mean over heads, if it was noted."""
        return readings[-1] if self._has_class_token and readings else None
