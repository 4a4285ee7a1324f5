"""``gtp flops``: multiply-adds in closed form, layer by layer."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.networks import accelerated, outline
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.drawing.tables import Table, giga, mega
from gtp_core.methods.labels import text_forms

if TYPE_CHECKING:
    from gtp_core.network.accelerated import AcceleratedViT
    from gtp_core.records.macs import MacCount

HELP = "multiply-adds per layer and in total"
DESCRIPTION = (
    "Count the multiply-adds of one image, layer by layer: attention, MLP, and what "
    "the method itself costs. M stands for 10⁶, G for 10⁹. The count depends on shapes "
    "alone, so no weights are needed and nothing runs."
)
EXAMPLES = (
    ("gtp flops --method gtp:P=8", "multiply-adds, layer by layer"),
    ("gtp flops --model deit_small_patch16_224 --method tome:r=13", "another network"),
)
ORDER = 40


def add_options(parser: argparse.ArgumentParser) -> None:
    """Network and methods."""
    add_methods(parser)
    add_model(parser, default_weights=None)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Count."""
    output = Output(options)
    model = outline(options.model)
    methods = with_baseline(options.methods)
    names = text_forms(methods)
    networks = accelerated(model, methods, output)
    counts = [fast.macs() for fast in networks]
    for name, count in zip(names, counts, strict=True):
        output.say(f"{name}: multiply-adds of one image, by layer")
        output.say(_layer_table(count).text("  "))
        output.say()
    output.say(_total_table(names, counts).text())
    records = [
        _record(name, fast, count, counts[0])
        for name, fast, count in zip(names, networks, counts, strict=True)
    ]
    spec = model.info.input_spec
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


def _total_table(names: Sequence[str], counts: list[MacCount]) -> Table:
    table = Table(
        ("method", "tokens left", "layers", "overhead", "rest", "total", "of unpruned")
    )
    for name, count in zip(names, counts, strict=True):
        layers = sum(layer.attention + layer.mlp for layer in count.layers)
        table.add(
            name,
            count.layers[-1].tokens_out,
            giga(layers),
            giga(count.overhead),
            giga(count.embedding + count.head),
            giga(count.total),
            f"{count.total / counts[0].total:.3f}",
        )
    return table


def _record(
    name: str, fast: AcceleratedViT, count: MacCount, truth: MacCount
) -> dict[str, Any]:
    return {
        "method": name,
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
