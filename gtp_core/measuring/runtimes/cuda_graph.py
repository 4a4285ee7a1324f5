"""The whole network as one CUDA graph: a single launch runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from gtp_core.measuring.runtimes.contract import Forward, Runtime

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gtp_core.measuring.devices import Device

_WARM_UP_PASSES = 3


class CudaGraph(Runtime):
    """A captured CUDA graph. Its output is overwritten by the next pass."""

    name: ClassVar[str] = "cuda-graph"
    title: ClassVar[str] = "CUDA graph"
    order: ClassVar[int] = 30

    def unavailable_reason(self, device: Device) -> str | None:
        """Only CUDA devices have it."""
        if device.kind == "cuda":
            return None
        return (
            f"A CUDA graph needs a CUDA device, and this is {device.kind}; "
            "choose another runtime."
        )

    def prepare(self, network: nn.Module, example: Tensor) -> Forward:
        """Capture the network; raises ValueError if it cannot be captured."""
        import torch

        from gtp_core.network.constants import all_kept

        static_input = example.clone()
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.inference_mode():
                _warm_up_on_side_stream(network, static_input)
                with torch.cuda.graph(graph):
                    static_output = network(static_input)
        except RuntimeError as error:
            torch.cuda.synchronize()
            reason = str(error).splitlines()[0].rstrip(".")
            raise ValueError(
                f"This network cannot be captured as a CUDA graph ({reason}); "
                "choose another runtime."
            ) from error
        read = (static_input, all_kept())  # by the graph, which does not hold them

        def replay(images: Tensor) -> Tensor:
            _check_shape(images, read[0])
            read[0].copy_(images)
            graph.replay()
            return cast("Tensor", static_output)

        return replay


def _warm_up_on_side_stream(network: nn.Module, images: Tensor) -> None:
    """Lets libraries pick kernels and allocate workspaces outside the capture."""
    import torch

    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(_WARM_UP_PASSES):
            network(images)
    torch.cuda.current_stream().wait_stream(side)


def _check_shape(images: Tensor, expected: Tensor) -> None:
    if images.shape != expected.shape or images.dtype != expected.dtype:
        raise ValueError(
            f"This CUDA graph was captured for {tuple(expected.shape)} "
            f"{expected.dtype}; the input is {tuple(images.shape)} {images.dtype}."
        )
