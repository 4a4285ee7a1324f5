"""How a command fails."""

from __future__ import annotations


class UsageError(Exception):
    """The command line asks for something that cannot be; exit code 2."""


class WorkError(Exception):
    """The work could not be done; exit code 1."""
