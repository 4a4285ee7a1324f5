"""``gtp models``: the networks that are known by name."""

from __future__ import annotations

import argparse
from itertools import groupby

from gtp_core.catalogue import Backbone, list_backbones
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.output import Output
from gtp_core.drawing.tables import Table

HELP = "list the networks that are known by name"
DESCRIPTION = (
    "List the networks that are known by name. Any other name of a timm "
    "VisionTransformer works as well."
)
EXAMPLES = (
    ("gtp models", "names and facts, family by family"),
    ("gtp models --json models.json", "the same for a script"),
)
ORDER = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    """Only the form of the output."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    output = Output(options)
    for family, rows in groupby(list_backbones(), key=lambda row: row.family):
        members = list(rows)
        output.say(f"{family}: {members[0].about}")
        output.say(_table(members).text("  "))
        output.say()
    output.finish({"models": [_record(row) for row in list_backbones()]})
    return 0


def _table(rows: list[Backbone]) -> Table:
    table = Table(
        ("name", "M params", "input", "patch", "tokens", "width", "layers", "heads")
    )
    for row in rows:
        table.add(
            row.name.ljust(33),
            f"{row.parameters:.1f}",
            f"{row.image[1]} px",
            row.patch[1],
            f"{row.tokens} + {row.prefix_tokens}",
            row.width,
            row.depth,
            row.heads,
        )
    return table


def _record(row: Backbone) -> dict[str, object]:
    return {
        "name": row.name,
        "family": row.family,
        "about": row.about,
        "parameters_millions": row.parameters,
        "image": row.image,
        "patch": row.patch,
        "grid": row.grid,
        "width": row.width,
        "depth": row.depth,
        "heads": row.heads,
        "prefix_tokens": row.prefix_tokens,
        "classes": row.classes,
    }
