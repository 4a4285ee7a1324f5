"""How a command fails."""

from __future__ import annotations


class UsageError(Exception):
    """The command was not given what it needs; exit code 2."""


class WorkError(Exception):
    """The work could not be done; exit code 1."""
