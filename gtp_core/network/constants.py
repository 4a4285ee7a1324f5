"""Tensors that depend on shapes and devices alone: made once, never written to."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

Made = TypeVar("Made", bound=Tensor | tuple[object, ...])


_all: list[dict[tuple[Hashable, ...], Any]] = []


def all_kept() -> tuple[object, ...]:
    """All constants that are kept now. Who holds them keeps them alive when newer ones
    replace them.
    """
    return tuple(made for kept in _all for made in tuple(kept.values()))


def made_once(most: int) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Decorates a function whose result is kept for each of its arguments.

    At most `most` results are kept, the newest ones. A compiler takes the result as a
    constant. While a tracer runs the code with fake tensors, nothing is kept.
    """

    def decorate(make: Callable[..., Made]) -> Callable[..., Made]:
        kept: dict[tuple[Hashable, ...], Made] = {}
        _all.append(kept)

        @wraps(make)
        def look_up(*key: Hashable) -> Made:
            made = kept.get(key)
            if made is not None:
                return made
            with torch.inference_mode(False):  # a compiler takes ordinary tensors alone
                made = make(*key)
            if _is_real(made):
                if len(kept) >= most:
                    kept.pop(next(iter(kept)), None)
                kept[key] = made
            return made

        constant = torch.compiler.assume_constant_result(look_up)  # type: ignore[no-untyped-call]
        return cast("Callable[..., Made]", constant)

    return decorate


def _is_real(made: Tensor | tuple[object, ...]) -> bool:
    parts = made if isinstance(made, tuple) else (made,)
    return all(type(part) is Tensor for part in parts if isinstance(part, Tensor))
