"""``--keep`` and ``--drop``: patches that never leave, and patches that leave first."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gtp_core.commands.shared.errors import UsageError
from gtp_core.document.subject import Edits

if TYPE_CHECKING:
    from gtp_core.network.accelerated import AcceleratedViT


def add_edits(parser: argparse.ArgumentParser) -> None:
    """Both options."""
    for name, what in (
        ("keep", "patches that are never removed as long as there are others"),
        ("drop", "patches that are removed before all others"),
    ):
        parser.add_argument(
            f"--{name}",
            type=_patches,
            default=(),
            metavar="N,N,...",
            help=f"{what}: numbers in the network's grid, row by row from 0",
        )


def _patches(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and part.isascii() for part in parts):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of patch numbers such as 17,18,31"
        )
    return tuple(map(int, parts))


def edits_of(options: argparse.Namespace) -> Edits:
    """What the two options ask for. Raises UsageError for a patch in both."""
    both = set(options.keep) & set(options.drop)
    if both:
        raise UsageError(
            f"patch {min(both)} stands in --keep and in --drop; leave it in one."
        )
    return Edits(options.keep, options.drop)


def check_edits(edits: Edits, networks: Sequence[AcceleratedViT]) -> None:
    """Raises UsageError if one of `networks` cannot carry out `edits`."""
    try:
        for network in networks:
            network.check_edits(edits)
    except ValueError as error:
        raise UsageError(str(error)) from None


def edit_facts(edits: Edits) -> dict[str, Any]:
    """What a report says about edits."""
    return {"keep": list(edits.pinned), "drop": list(edits.forced)}
