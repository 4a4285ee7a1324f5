"""Which commands there are: every file in ``gtp_core/commands/``."""

from __future__ import annotations

import argparse
import importlib
from typing import Protocol, cast

from gtp_core import commands
from gtp_core.discovery import names_in


class Command(Protocol):
    """What the file of a command holds; see `gtp_core.commands`."""

    HELP: str
    DESCRIPTION: str
    EXAMPLES: tuple[tuple[str, str], ...]
    ORDER: int

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Its options and arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Does the work; returns the exit code."""


def names() -> list[str]:
    """The names of all commands, found without loading them."""
    return names_in(commands)


def load(name: str) -> Command:
    """The command called `name`."""
    return cast(Command, importlib.import_module(f"{commands.__name__}.{name}"))


def load_all() -> dict[str, Command]:
    """All commands by name, in their order."""
    found = {name: load(name) for name in names()}
    return dict(sorted(found.items(), key=lambda item: item[1].ORDER))
