"""PyTorch as it is: one operation after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gtp_core.measuring.runtimes.contract import Forward, Runtime

if TYPE_CHECKING:
    from torch import Tensor, nn


class Eager(Runtime):
    """The network itself."""

    name: ClassVar[str] = "eager"
    title: ClassVar[str] = "PyTorch"
    order: ClassVar[int] = 10

    def prepare(self, network: nn.Module, example: Tensor) -> Forward:
        """The network itself, which takes inputs of any shape."""
        del example
        return network
