"""A backbone on its device, ready to run."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gtp_core.document.subject import ModelSpec
from gtp_core.lru import Lru
from gtp_core.measuring.devices import Device, resolve
from gtp_core.measuring.inputs import input_batch
from gtp_core.methods import MethodBase
from gtp_core.network.accelerated import AcceleratedViT, accelerate
from gtp_core.network.attention_policy import AttentionPolicy
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.hub import Progress as ProgressCallback
from gtp_core.network.backbones.weights import WeightsError
from gtp_core.network.preprocessing import input_spec, to_tensor
from gtp_core.network.shape import network_shape
from gtp_core.photos.geometry import fit
from gtp_core.records.model_info import ModelInfo

MOST_NETWORKS = 16
"""Accelerated networks kept; they share the backbone's weights."""


@dataclass
class LoadedModel:
    """A backbone, ready to run. `network` is on `device`, in `dtype`.

    `policy` chooses how attention is computed; None: as the whole process does.
    """

    network: nn.Module
    device: Device
    dtype: torch.dtype
    info: ModelInfo
    policy: AttentionPolicy | None = None
    _accelerated: Lru[MethodBase, AcceleratedViT] = field(
        default_factory=lambda: Lru(MOST_NETWORKS)
    )

    @cached_property
    def bytes(self) -> int:
        """The memory that parameters and buffers take."""
        tensors = [*self.network.parameters(), *self.network.buffers()]
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors)

    def accelerated(self, method: MethodBase) -> AcceleratedViT:
        """The network with `method`; raises ValueError if it cannot be run."""
        return self._accelerated.compute(
            method, lambda: accelerate(self.network, method, self.policy)
        )

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

    def to_input_of_photo(self, pixels: NDArray[np.uint8]) -> Tensor:
        """(1, 3, H, W) of a decoded photo (H, W, 3) of any size."""
        return self.to_input(fit(pixels, self.info.input_spec))

    def to_batch(self, photos: Sequence[NDArray[np.uint8]], batch: int) -> Tensor:
        """(batch, 3, H, W) of fitted pixels, repeated as often as it takes.

        Without photos, of random pixels. Raises ValueError if `batch` is below 1, or
        as `to_input`.
        """
        spec = self.info.input_spec
        inputs = [self.to_input(pixels)[0] for pixels in photos[:batch]]
        size = spec.height, spec.width
        return input_batch(inputs, batch, size, self.device, self.dtype)


def load(
    spec: ModelSpec,
    progress: ProgressCallback | None = None,
    or_random: bool = False,
) -> LoadedModel:
    """The model that `spec` describes.

    With `or_random`, random weights take the place of pretrained ones that cannot be
    had, and the note says why. Raises ValueError for an unknown model, a device or a
    precision that cannot be had, and WeightsError (a ValueError) for weights that
    cannot be had or do not fit.
    """
    report = progress or (lambda _fraction, _text: None)
    device = resolve(spec.device)
    dtype = device.check_precision(spec.precision)
    network = _create(spec, report, or_random)
    checksum = _checksum(network)
    report(None, f"Moving {spec.name} to {device.name}")
    network = network.to(device.torch_device, dtype).eval()
    info = replace(_describe(network, device, spec), checksum=checksum)
    return LoadedModel(network, device, dtype, info)


def outline(name: str) -> LoadedModel:
    """The model `name` without weights, for what depends on shapes alone.

    It cannot be run. Raises ValueError if there is no such model.
    """
    spec = ModelSpec(name, weights="random", device="cpu")
    with torch.device("meta"):
        network = create_backbone(name, None)
    device = Device("cpu")
    info = _describe(network, device, spec)
    return LoadedModel(network, device, torch.float32, info)


def _create(spec: ModelSpec, report: ProgressCallback, or_random: bool) -> nn.Module:
    size = spec.image_size
    try:
        return create_backbone(spec.name, spec.weights, spec.seed, report, size)
    except WeightsError as error:
        if spec.weights != "auto" or not or_random:
            raise
        network = create_backbone(spec.name, None, spec.seed, report, size)
        note = f"{error} Weights are random: predictions mean nothing."
        network.weights_note = note  # type: ignore[assignment]
        return network


def _checksum(network: nn.Module) -> str:
    """A CRC-32 of all parameters on the CPU, as eight hexadecimal digits."""
    found = 0
    for parameter in network.parameters():
        found = zlib.crc32(parameter.detach().contiguous().numpy().data, found)
    return f"{found:08x}"


def _describe(network: nn.Module, device: Device, spec: ModelSpec) -> ModelInfo:
    shape = network_shape(network)
    wanted = input_spec(network)
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
        patch=wanted.patch,
        grid=shape.grid,
        prefix_tokens=shape.prefix,
        has_class_token=bool(network.has_class_token),
        class_names=None if names is None else tuple(names),  # type: ignore[arg-type]
        input_spec=wanted,
    )
