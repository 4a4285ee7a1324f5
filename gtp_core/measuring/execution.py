"""Ways to run a network: as it is, as a captured CUDA graph, compiled.

All of them work for the unpruned network and for a reduced one alike, so that a
comparison stays fair. Shapes must be static, and they are: a schedule decides how many
tokens are left, never the picture.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any, cast

import torch
from torch import Tensor, nn

from gtp_core.network.constants import all_kept

EXECUTIONS = ("eager", "graph", "compile")

_WARM_UP_PASSES = 3

Forward = Callable[[Tensor], Tensor]


def prepare(module: nn.Module, example: Tensor, execution: str = "eager") -> Forward:
    """`module` ready to run inputs of `example`'s shape, dtype and device.

    `execution`: "eager"; "graph": the whole network as one CUDA graph; "compile":
    torch.compile. Raises ValueError for an unknown name and where the device or the
    installation cannot do it.
    """
    if execution not in EXECUTIONS:
        allowed = ", ".join(EXECUTIONS)
        raise ValueError(f"Execution is {execution!r}; allowed: {allowed}.")
    if execution == "graph":
        return capture(module, example)
    if execution == "compile":
        return compiled(module, example)
    return module


def prepare_or_eager(
    module: nn.Module, example: Tensor, execution: str = "eager"
) -> tuple[Forward, str | None]:
    """As `prepare`, but runs eagerly where `execution` cannot be had.

    The second value is then one sentence that says why, otherwise None.
    """
    try:
        return prepare(module, example, execution), None
    except ValueError as error:
        if execution not in EXECUTIONS:
            raise
        return module, f"{error} It runs eagerly instead."


def capture(module: nn.Module, example: Tensor) -> Forward:
    """`module` as one CUDA graph: a single launch runs the whole network.

    The result is overwritten by the next call. Raises ValueError off CUDA, or where
    the network does something that cannot be captured.
    """
    if example.device.type != "cuda":
        raise ValueError(
            f"A CUDA graph needs a CUDA device; this is {example.device.type}."
        )
    static_input = example.clone()
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.inference_mode():
            _warm_up_on_side_stream(module, static_input)
            with torch.cuda.graph(graph):
                static_output = module(static_input)
    except RuntimeError as error:
        torch.cuda.synchronize()
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"This network cannot be captured as a CUDA graph: {reason}."
        ) from error
    read = (static_input, all_kept())  # by the graph, which does not hold them

    def replay(images: Tensor) -> Tensor:
        _check_shape(images, read[0])
        read[0].copy_(images)
        graph.replay()
        return cast(Tensor, static_output)

    return replay


def compiled(
    module: nn.Module, example: Tensor, backend: str | Callable[..., Any] = "inductor"
) -> Forward:
    """`module` through torch.compile, compiled for `example`'s shape before returning.

    As one graph or not at all: a network of which parts run as they are would not say
    what compiling it is worth. Raises ValueError where it cannot be compiled (often:
    no C++ compiler).
    """
    optimised = torch.compile(
        _forward_of_its_own(module), dynamic=False, fullgraph=True, backend=backend
    )

    @torch.inference_mode()
    def forward(images: Tensor) -> Tensor:
        return cast(Tensor, optimised(images))

    try:
        forward(example)
    except Exception as error:
        # Whatever goes wrong inside the compiler, of which there are many kinds.
        cause = error.__cause__ or error
        reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
        raise ValueError(f"This network cannot be compiled: {reason}") from error
    return forward


def _forward_of_its_own(module: nn.Module) -> Callable[[Tensor], Any]:
    """The forward method of `module` as a function that no other module shares.

    The compiler keeps its results by code object, and leaves code as it is after a
    few versions of it: it would compile the first networks only. Nor can it look into
    a function that is decorated with inference_mode, as the accelerated network's is.
    """
    shared = inspect.unwrap(type(module).forward)
    name = f"{shared.__name__}_{next(_numbers)}"
    own = FunctionType(
        shared.__code__.replace(co_name=name),
        shared.__globals__,
        name,
        shared.__defaults__,
        shared.__closure__,
    )
    return MethodType(own, module)


_numbers = itertools.count(1)


def _warm_up_on_side_stream(module: nn.Module, images: Tensor) -> None:
    """Lets libraries pick kernels and allocate workspaces outside the capture."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(_WARM_UP_PASSES):
            module(images)
    torch.cuda.current_stream().wait_stream(side)


def _check_shape(images: Tensor, expected: Tensor) -> None:
    if images.shape != expected.shape or images.dtype != expected.dtype:
        raise ValueError(
            f"This CUDA graph was captured for {tuple(expected.shape)} "
            f"{expected.dtype}; the input is {tuple(images.shape)} {images.dtype}."
        )
