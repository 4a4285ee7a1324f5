"""What a runtime is: a way to run a network, with its name and what it needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gtp_core.measuring.devices import Device

Forward = Callable[["Tensor"], "Tensor"]
"""Runs normalised images (B, 3, H, W); returns logits (B, classes)."""


class Runtime(ABC):
    """A way to run a network.

    A runtime works for the unpruned network and for a reduced one alike, so that a
    comparison stays fair. It may rely on static shapes: a schedule decides how many
    tokens are left, never the picture.

    Its file loads torch only inside its methods. So the names of all runtimes can be
    listed without torch.
    """

    name: ClassVar[str]
    """What commands, documents and reports call it."""
    title: ClassVar[str]
    """What people call it."""
    order: ClassVar[int]
    """Its place in menus."""

    def unavailable_reason(self, device: Device) -> str | None:
        """One sentence that says why it cannot be had on `device`; None if it can."""
        del device
        return None

    @abstractmethod
    def prepare(self, network: nn.Module, example: Tensor) -> Forward:
        """`network` ready to run inputs of `example`'s shape, dtype and device.

        Raises ValueError, in one sentence, where the network cannot be run this way.
        """
