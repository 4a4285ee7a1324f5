"""Full precision where small differences decide which tokens belong together."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.amp import is_autocast_available


def full_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Switches autocast off, because its rounding makes similarities equal."""
    if device.type not in ("cpu", "cuda") and not is_autocast_available(device.type):
        return nullcontext()
    if torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()


def at_least_float32(dtype: torch.dtype) -> torch.dtype:
    """`dtype`, or float32 if that is more precise."""
    return torch.promote_types(dtype, torch.float32)


def products(one: Tensor, other: Tensor) -> Tensor:
    """All inner products, (B, n, d) and (B, m, d) -> (B, n, m), not under autocast."""
    with full_precision(one.device):
        return torch.bmm(one, other.transpose(1, 2))


def can_use_numpy(values: Tensor) -> bool:
    """True if numpy may work in the memory of `values`; no compiler could follow it."""
    return values.device.type == "cpu" and not torch.compiler.is_compiling()
