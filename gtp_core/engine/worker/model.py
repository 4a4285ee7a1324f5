"""A backbone on its device, as the engine holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gtp_core.engine.messages import LoadModel, ModelInfo
from gtp_core.engine.worker.cache import Latest
from gtp_core.measuring.devices import Device, resolve
from gtp_core.methods import MethodBase
from gtp_core.network.accelerated import AcceleratedViT, accelerate
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.hub import Progress
from gtp_core.network.backbones.weights import WeightsError
from gtp_core.network.preprocessing import input_spec, to_tensor
from gtp_core.network.shape import network_shape

MOST_NETWORKS = 16
"""Accelerated networks kept; they share the backbone's weights."""


@dataclass
class LoadedModel:
    """A backbone, ready to run. `network` is on `device`, in `dtype`."""

    network: nn.Module
    device: Device
    dtype: torch.dtype
    info: ModelInfo
    _accelerated: Latest[MethodBase, AcceleratedViT] = field(
        default_factory=lambda: Latest(MOST_NETWORKS)
    )

    def accelerated(self, method: MethodBase) -> AcceleratedViT:
        """The network with `method`; raises ValueError if it cannot be run."""
        return self._accelerated.get(method, lambda: accelerate(self.network, method))

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


def load(request: LoadModel, progress: Progress) -> LoadedModel:
    """The model that `request` describes.

    Where pretrained weights cannot be had, random weights take their place, and the
    note says why. Raises ValueError for an unknown model, device or precision, and
    WeightsError for a weights file that was asked for by name but cannot be used.
    """
    device = resolve(request.device)
    dtype = device.check_precision(request.precision)
    network = _create(request, progress)
    progress(None, f"Moving {request.model} to {device.name}")
    network = network.to(device.torch_device, dtype).eval()
    return LoadedModel(network, device, dtype, _describe(network, device, request))


def _create(request: LoadModel, progress: Progress) -> nn.Module:
    weights: str | Path | None = request.weights
    if weights == "random":
        weights = None
    try:
        return create_backbone(request.model, weights, request.seed, progress)
    except WeightsError as error:
        if weights != "auto":
            raise
        network = create_backbone(request.model, None, request.seed, progress)
        note = f"{error} Weights are random: predictions mean nothing."
        network.weights_note = note  # type: ignore[assignment]
        return network


def _describe(network: nn.Module, device: Device, request: LoadModel) -> ModelInfo:
    shape = network_shape(network)
    spec = input_spec(network)
    names = network.class_names
    return ModelInfo(
        model=request.model,
        weights=str(network.weights_source),
        weights_note=str(network.weights_note),
        is_random=bool(network.is_random),
        device=device.kind,
        device_name=device.name,
        precision=request.precision,
        parameters=sum(p.numel() for p in network.parameters()),
        depth=shape.depth,
        width=shape.width,
        heads=shape.heads,
        patch=spec.patch,
        grid=shape.grid,
        prefix_tokens=shape.prefix,
        has_class_token=bool(network.has_class_token),
        class_names=None if names is None else tuple(names),  # type: ignore[arg-type]
        input_spec=spec,
    )
