"""The network that a command works with, under each of its methods."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gtp_core import logs
from gtp_core.catalogue import BACKBONES
from gtp_core.commands.shared.errors import UsageError, WorkError
from gtp_core.commands.shared.options import check_depth
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.terminal import StatusLine
from gtp_core.document.subject import ModelSpec
from gtp_core.methods import MethodBase
from gtp_core.methods.clamping import clamp_sentence

if TYPE_CHECKING:
    from gtp_core.measuring.model import LoadedModel
    from gtp_core.network.accelerated import AcceleratedViT
    from gtp_core.records.model_info import ModelInfo


def load_model(
    options: argparse.Namespace, output: Output, warn_random: bool = True
) -> LoadedModel:
    """The network of ``--model``, ``--weights``, ``--device`` and ``--precision``.

    `warn_random`: say so if the weights are random, where that matters.
    Raises UsageError for an unknown model, WorkError for weights or a device that
    cannot be had.
    """
    logs.set_up("gtp")
    spec = ModelSpec(
        name=options.model,
        weights=options.weights,
        device=options.device,
        precision=getattr(options, "precision", "float32"),
    )
    model = _loaded(spec)
    if model.info.is_random and warn_random:
        output.warn(f"warning: {model.info.weights_note}")
    return model


def _loaded(spec: ModelSpec) -> LoadedModel:
    from gtp_core.measuring import devices
    from gtp_core.measuring.model import load
    from gtp_core.network.backbones.weights import WeightsError

    status = StatusLine()
    try:
        devices.resolve(spec.device).check_precision(spec.precision)
    except ValueError as error:
        raise WorkError(str(error)) from None
    try:
        return load(spec, status)
    except WeightsError as error:
        hint = "" if spec.weights != "auto" else " (--weights FILE or --weights random)"
        raise WorkError(f"{str(error).rstrip('.')}{hint}.") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    finally:
        status.clear()


def outline(name: str) -> LoadedModel:
    """The network `name` without weights, for what depends on shapes alone.

    Raises UsageError if there is no such network.
    """
    from gtp_core.measuring import model

    logs.set_up("gtp")
    try:
        return model.outline(name)
    except ValueError as error:
        raise UsageError(str(error)) from None


def accelerated(
    model: LoadedModel, methods: Sequence[MethodBase], output: Output
) -> list[AcceleratedViT]:
    """The network with each of `methods`; says where a schedule is clamped.

    Raises UsageError if a method cannot run on this network.
    """
    networks = []
    for method in methods:
        check_depth(method, model.info.depth)
        try:
            fast = model.accelerated(method)
        except ValueError as error:
            raise UsageError(str(error)) from None
        note = clamp_sentence(method, fast.requested, fast.schedule)
        if note:
            output.warn(note)
        networks.append(fast)
    return networks


def need_classifier(model: LoadedModel) -> None:
    """Raises UsageError if the network gives features and no classes."""
    if not has_classes(model):
        raise _no_classifier(model.info.model)


def has_classes(model: LoadedModel) -> bool:
    """True if the network answers with classes."""
    return bool(getattr(model.network, "num_classes", 1))


def refuse_without_classes(name: str) -> None:
    """As `need_classifier`, before weights are looked for.

    It knows only the networks of the catalogue.
    """
    facts = BACKBONES.get(name)
    if facts is not None and not facts.classes:
        raise _no_classifier(name)


def _no_classifier(name: str) -> UsageError:
    return UsageError(
        f"{name} has no classifier and gives no answers; choose another --model, or "
        "use gtp trace, flops or profile."
    )


def facts(info: ModelInfo) -> dict[str, Any]:
    """What a report says about the network."""
    return {
        "model": info.model,
        "weights": info.weights_note,
        "random_weights": info.is_random,
        "device": info.device,
        "device_name": info.device_name,
    }
