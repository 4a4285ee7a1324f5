"""The network that a command works with, ready on its device."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gtp_core import logs
from gtp_core.catalogue import BACKBONES
from gtp_core.commands.errors import UsageError, WorkError
from gtp_core.commands.options import check_depth
from gtp_core.commands.output import Output, StatusLine
from gtp_core.measuring import devices
from gtp_core.methods import MethodBase
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.network.accelerated import AcceleratedViT, accelerate
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.weights import WeightsError
from gtp_core.network.preprocessing import input_spec, to_tensor
from gtp_core.photos.geometry import InputSpec, fit


@dataclass
class Network:
    """A backbone on `device`, in `dtype`."""

    vit: nn.Module
    device: devices.Device
    spec: InputSpec
    class_names: tuple[str, ...] | None
    dtype: torch.dtype = torch.float32

    def accelerated(
        self, methods: Sequence[MethodBase], output: Output
    ) -> list[AcceleratedViT]:
        """The network with each of `methods`; says where a schedule is clamped.

        Raises UsageError if a method cannot run on this network.
        """
        networks = []
        for method in methods:
            check_depth(method, len(self.vit.blocks))  # type: ignore[arg-type]
            try:
                fast = accelerate(self.vit, method)
            except ValueError as error:
                raise UsageError(str(error)) from None
            note = clamp_sentence(method, fast.requested, fast.schedule)
            if note:
                output.warn(note)
            networks.append(fast)
        return networks

    def to_input(self, photos: Sequence[NDArray[np.uint8]]) -> Tensor:
        """(B, 3, H, W) on the device from decoded photos (H, W, 3) of any size."""
        images = [to_tensor(fit(pixels, self.spec), self.spec) for pixels in photos]
        return torch.stack(images).to(self.device.torch_device, self.dtype)

    def joined(self, images: Sequence[Tensor]) -> Tensor:
        """One batch of several that `to_input` made."""
        return torch.cat(tuple(images))

    def class_name(self, index: int) -> str:
        """A short name of a class, its number where names are not known."""
        if self.class_names is None:
            return f"class {index}"
        return self.class_names[index].split(",")[0]

    def need_classifier(self) -> None:
        """Raises UsageError if the network gives features and no classes."""
        if not getattr(self.vit, "num_classes", 1):
            raise _no_classifier(str(self.vit.backbone_name))

    def facts(self) -> dict[str, Any]:
        """What a report says about the network."""
        return {
            "model": self.vit.backbone_name,
            "weights": self.vit.weights_note,
            "random_weights": self.vit.is_random,
            "device": self.device.kind,
            "device_name": self.device.name,
        }


def refuse_without_classes(model: str) -> None:
    """As `Network.need_classifier`, before weights are looked for, where that is
    known of `model`."""
    facts = BACKBONES.get(model)
    if facts is not None and not facts.classes:
        raise _no_classifier(model)


def _no_classifier(model: str) -> UsageError:
    return UsageError(
        f"{model} has no classifier and gives no answers; choose another --model, or "
        "use gtp trace, flops or profile."
    )


def load_network(
    options: argparse.Namespace, output: Output, warn_random: bool = True
) -> Network:
    """The network of ``--model``, ``--weights``, ``--device`` and ``--precision``.

    `warn_random`: say so if the weights are random, where that matters.
    Raises UsageError for an unknown model, WorkError for weights or a device that
    cannot be had.
    """
    logs.set_up("gtp")
    try:
        device = devices.resolve(options.device)
        dtype = device.check_precision(getattr(options, "precision", "float32"))
    except ValueError as error:
        raise WorkError(str(error)) from None
    vit = _create(options.model, options.weights)
    if vit.is_random and warn_random:
        output.warn(f"warning: {vit.weights_note}")
    names: Any = vit.class_names
    return Network(
        vit=vit.to(device.torch_device, dtype),
        device=device,
        spec=input_spec(vit),
        class_names=None if names is None else tuple(names),
        dtype=dtype,
    )


def _create(model: str, weights: str) -> nn.Module:
    source: str | Path | None = None if weights == "random" else weights
    status = StatusLine()
    try:
        return create_backbone(model, source, progress=status)
    except WeightsError as error:
        hint = "" if weights != "auto" else " (--weights FILE or --weights random)"
        raise WorkError(f"{str(error).rstrip('.')}{hint}.") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    finally:
        status.clear()


def outline(model: str) -> nn.Module:
    """The network `model` without weights, for what depends on shapes alone.

    Raises UsageError if there is no such network.
    """
    logs.set_up("gtp")
    try:
        with torch.device("meta"):
            return create_backbone(model, None)
    except ValueError as error:
        raise UsageError(str(error)) from None
