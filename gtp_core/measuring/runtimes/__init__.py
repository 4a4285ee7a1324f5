"""Runtimes: ways to run a network, one file each, found by themselves.

To add a runtime, write a file here with one subclass of `contract.Runtime`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gtp_core.discovery import classes_in, modules_in
from gtp_core.measuring.runtimes.contract import Forward, Runtime

if TYPE_CHECKING:
    from torch import Tensor, nn

TOLERANCE = 0.05
"""How far a runtime's logits may be from eager ones, as a share of their spread.

Rounding differs between runtimes, and it may decide which of two nearly equal tokens
leaves. A runtime that computes something else is much further off.
"""


def _find() -> dict[str, Runtime]:
    modules = modules_in(sys.modules[__name__])
    found = [kind() for module in modules for kind in classes_in(module, Runtime)]
    ordered = sorted(found, key=lambda runtime: runtime.order)
    return {runtime.name: runtime for runtime in ordered}


RUNTIMES = _find()
"""Every runtime by its name, in the order of menus."""


def prepare(name: str, network: nn.Module, example: Tensor) -> Forward:
    """`network` ready to run inputs like `example` in the runtime called `name`.

    What is prepared must give the eager network's logits on `example`, within
    TOLERANCE. Raises ValueError for an unknown name, where the device or the
    installation lacks something, and where the answers are others.
    """
    from gtp_core.measuring.devices import Device

    if name not in RUNTIMES:
        allowed = ", ".join(RUNTIMES)
        raise ValueError(f"Runtime is {name!r}; allowed: {allowed}.")
    runtime = RUNTIMES[name]
    reason = runtime.unavailable_reason(Device(example.device.type))
    if reason is not None:
        raise ValueError(reason)
    forward = runtime.prepare(network, example)
    if forward is not network:
        _check_answers(runtime, forward, network, example)
    return forward


def _check_answers(
    runtime: Runtime, forward: Forward, network: nn.Module, example: Tensor
) -> None:
    """Raises ValueError if the logits are not those of the eager network."""
    import torch

    with torch.inference_mode():
        theirs = network(example).float()
        ours = forward(example).float()
    spread = float(theirs.max() - theirs.min())
    if ours.shape != theirs.shape or float((ours - theirs).abs().max()) > (
        TOLERANCE * spread
    ):
        raise ValueError(
            f"{runtime.title} gives other answers than the network itself; "
            "choose another runtime."
        )


__all__ = ["RUNTIMES", "Forward", "Runtime", "prepare"]
