"""A backbone on its device, ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gtp_core.document.subject import ModelSpec
from gtp_core.lru import Lru
from gtp_core.measuring.devices import Device, resolve
from gtp_core.methods import MethodBase
from gtp_core.network.accelerated import AcceleratedViT, accelerate
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.hub import Progress
from gtp_core.network.preprocessing import input_spec, to_tensor
from gtp_core.network.shape import network_shape
from gtp_core.records.model_info import ModelInfo

MOST_NETWORKS = 16
"""Accelerated networks kept; they share the backbone's weights."""


@dataclass
class LoadedModel:
    """A backbone, ready to run. `network` is on `device`, in `dtype`."""

    network: nn.Module
    device: Device
    dtype: torch.dtype
    info: ModelInfo
    _accelerated: Lru[MethodBase, AcceleratedViT] = field(
        default_factory=lambda: Lru(MOST_NETWORKS)
    )

    def accelerated(self, method: MethodBase) -> AcceleratedViT:
        """The network with `method`; raises ValueError if it cannot be run."""
        make = lambda: accelerate(self.network, method)  # noqa: E731
        return self._accelerated.compute(method, make)

    def to_input(self, pixels: NDArray[np.uint8]) -> Tensor:
        """(1, 3, H, W) of fitted pixels (H, W, 3).

        Raises ValueError if they are not fitted to this model.
        """
        spec = self.info.input_spec
        expected = (spec.height, spec.width, 3)
        if pixels.shape != expected or pixels.dtype != np.uint8:
            raise ValueError(
                f"{self.info.model} wants {spec.width} × {spec.height} pixels of three "
                f"bytes; this picture has shape {pixels.shape}, {pixels.dtype}."
            )
        image = to_tensor(pixels, spec)[None]
        return image.to(self.device.torch_device, self.dtype)

    def to_batch(self, photos: Sequence[NDArray[np.uint8]], size: int) -> Tensor:
        """(size, 3, H, W) of fitted pixels, repeated as often as it takes."""
        inputs = [self.to_input(pixels) for pixels in photos[:size]]
        return torch.cat([inputs[index % len(inputs)] for index in range(size)])


def load(spec: ModelSpec, progress: Progress | None = None) -> LoadedModel:
    """The model that `spec` describes.

    Raises ValueError for an unknown model, device or precision, and WeightsError (a
    ValueError) for weights that cannot be had.
    """
    report = progress or (lambda _fraction, _text: None)
    device = resolve(spec.device)
    dtype = device.check_precision(spec.precision)
    network = create_backbone(
        spec.name, spec.weights, spec.seed, progress, spec.image_size
    )
    report(None, f"Moving {spec.name} to {device.name}")
    network = network.to(device.torch_device, dtype).eval()
    return LoadedModel(network, device, dtype, _describe(network, device, spec))


def outline(name: str) -> LoadedModel:
    """The model `name` without weights, for what depends on shapes alone.

    Raises ValueError if there is no such model.
    """
    device = Device("cpu")
    with torch.device("meta"):
        network = create_backbone(name, None)
    spec = ModelSpec(name, "random", "cpu")
    return LoadedModel(
        network, device, torch.float32, _describe(network, device, spec)
    )


def _describe(network: nn.Module, device: Device, spec: ModelSpec) -> ModelInfo:
    shape = network_shape(network)
    geometry = input_spec(network)
    names = network.class_names
    return ModelInfo(
        model=spec.name,
        weights=str(network.weights_source),
        weights_note=str(network.weights_note),
        is_random=bool(network.is_random),
        device=device.kind,
        device_name=device.name,
        precision=spec.precision,
        parameters=sum(p.numel() for p in network.parameters()),
        depth=shape.depth,
        width=shape.width,
        heads=shape.heads,
        patch=geometry.patch,
        grid=shape.grid,
        prefix_tokens=shape.prefix,
        has_class_token=bool(network.has_class_token),
        class_names=None if names is None else tuple(names),  # type: ignore[arg-type]
        input_spec=geometry,
    )
