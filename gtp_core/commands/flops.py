"""``gtp flops``: multiply-adds in closed form, layer by layer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gtp_core.commands.options import add_json, add_methods, add_model, with_baseline
from gtp_core.commands.output import Output
from gtp_core.drawing.tables import Table, giga, mega

if TYPE_CHECKING:
    from gtp_core.network.accelerated import AcceleratedViT
    from gtp_core.records.macs import MacCount

HELP = "multiply-adds per layer and in total"
DESCRIPTION = (
    "Multiply-adds of one image (G: 10⁹, M: 10⁶) by layer: attention, MLP, and what "
    "the method itself costs. They depend on shapes alone: no weights are needed, and "
    "the device makes no difference."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Network and methods."""
    add_methods(parser)
    add_model(parser, default_weights=None)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Count."""
    output = Output(options)
    from gtp_core.commands.network import Network, outline
    from gtp_core.measuring.devices import Device
    from gtp_core.network.preprocessing import input_spec

    vit = outline(options.model)
    network = Network(vit, Device("cpu"), input_spec(vit), None)
    networks = network.accelerated(with_baseline(options.methods), output)
    counts = [fast.macs() for fast in networks]
    for fast, count in zip(networks, counts, strict=True):
        output.say(f"{fast.method}: multiply-adds of one image, by layer")
        output.say(_layer_table(count).text("  "))
        output.say()
    output.say(_total_table(networks, counts).text())
    records = [
        _record(fast, count, counts[0])
        for fast, count in zip(networks, counts, strict=True)
    ]
    spec = network.spec
    output.finish(
        {
            "model": options.model,
            "input": [spec.height, spec.width],
            "unit": "multiply-adds per image",
            "methods": records,
        }
    )
    return 0


def _layer_table(count: MacCount) -> Table:
    table = Table(("layer", "tokens", "attention", "MLP", "overhead", "sum"), ())
    for number, layer in enumerate(count.layers, 1):
        left = layer.tokens_out
        table.add(
            number,
            str(layer.tokens_in) + (f" → {left}" if left != layer.tokens_in else ""),
            mega(layer.attention),
            mega(layer.mlp),
            mega(layer.overhead),
            mega(layer.total),
        )
    return table


def _total_table(networks: list[AcceleratedViT], counts: list[MacCount]) -> Table:
    table = Table(
        ("method", "tokens left", "layers", "overhead", "rest", "total", "of unpruned")
    )
    for fast, count in zip(networks, counts, strict=True):
        layers = sum(layer.attention + layer.mlp for layer in count.layers)
        table.add(
            fast.method,
            count.layers[-1].tokens_out,
            giga(layers),
            giga(count.overhead),
            giga(count.embedding + count.head),
            giga(count.total),
            f"{count.total / counts[0].total:.3f}",
        )
    return table


def _record(fast: AcceleratedViT, count: MacCount, truth: MacCount) -> dict[str, Any]:
    return {
        "method": fast.method,
        "requested": fast.requested,
        "schedule": fast.schedule,
        "layers": count.layers,
        "setup": count.setup,
        "embedding": count.embedding,
        "head": count.head,
        "overhead": count.overhead,
        "total": count.total,
        "ratio": count.total / truth.total,
    }
