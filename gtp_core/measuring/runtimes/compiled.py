"""The network through torch.compile, as one graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, ClassVar, cast

from gtp_core.measuring.runtimes.contract import Forward, Runtime

if TYPE_CHECKING:
    from torch import Tensor, nn


class Compiled(Runtime):
    """torch.compile, for a fixed shape.

    The network is compiled as one graph or not at all. If parts of it ran as they
    are, its time would not say what compiling is worth.
    """

    name: ClassVar[str] = "compiled"
    title: ClassVar[str] = "torch.compile"
    order: ClassVar[int] = 20

    def __init__(self, backend: str | Callable[..., Any] = "inductor") -> None:
        self._backend = backend

    def prepare(self, network: nn.Module, example: Tensor) -> Forward:
        """Compile the network before returning.

        Raises ValueError where it cannot be compiled (often: no C++ compiler).
        """
        import torch

        optimised = torch.compile(
            _forward_of_its_own(network),
            dynamic=False,
            fullgraph=True,
            backend=self._backend,
        )

        @torch.inference_mode()
        def forward(images: Tensor) -> Tensor:
            return cast("Tensor", optimised(images))

        try:
            forward(example)
        except Exception as error:
            # Whatever goes wrong inside the compiler, of which there are many kinds.
            cause = error.__cause__ or error
            reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
            raise ValueError(
                f"This network cannot be compiled ({reason.rstrip('.')}); "
                "choose another runtime."
            ) from error
        return forward


def _forward_of_its_own(network: nn.Module) -> Callable[[Tensor], Any]:
    """The forward method of `network` as a function that no other network shares.

    The compiler keeps its results by code object, and leaves code as it is after a
    few versions of it. With shared code it would compile the first networks only.
    """
    shared: Any = type(network).forward
    name = f"{shared.__name__}_{next(_numbers)}"
    own = FunctionType(
        shared.__code__.replace(co_name=name),
        shared.__globals__,
        name,
        shared.__defaults__,
        shared.__closure__,
    )
    return MethodType(own, network)


_numbers = itertools.count(1)
