"""The forward pass never waits for the device, nor copies to it.

The meta device stands in for a GPU: it has no data, so that reading a value back on
the host fails, and copies from the host show up as operations on host tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

import gtp_core as gtp
from tests.gtp_core.small import EVERY_KIND, images, small_vit

every_method = pytest.mark.parametrize("text", EVERY_KIND)


def tensors(values: Any) -> Iterator[Tensor]:
    """Every tensor in nested arguments."""
    if isinstance(values, Tensor):
        yield values
    elif isinstance(values, dict):
        yield from tensors(list(values.values()))
    elif isinstance(values, Sequence) and not isinstance(values, str):
        for value in values:
            yield from tensors(value)


class HostOperations(TorchDispatchMode):
    """Lists the operations that involve the host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        del types
        result = func(*args, **(kwargs or {}))
        involved = [*tensors(args), *tensors(kwargs or {}), *tensors(result)]
        if any(tensor.device.type == "cpu" for tensor in involved):
            self.found.append(str(func))
        return result


def on_meta(text: str, registers: int) -> tuple[gtp.AcceleratedViT, Tensor]:
    vit: nn.Module = small_vit(reg_tokens=registers).to("meta")
    return gtp.accelerate(vit, gtp.parse_method(text)), images(vit).to("meta")


@every_method
@pytest.mark.parametrize("registers", [0, 2])
def test_nothing_is_read_back_and_nothing_copied(text: str, registers: int) -> None:
    fast, x = on_meta(text, registers)
    fast(x)  # what depends on the grid alone is made once
    with HostOperations() as host:
        logits = fast(x)
    assert host.found == []
    assert logits.shape == (2, 5)


def test_the_watch_notices_a_copy() -> None:
    with HostOperations() as host:
        torch.zeros(2).to("meta")
    assert host.found
