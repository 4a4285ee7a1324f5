"""The guided tour in the menu Help."""

from __future__ import annotations

from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.tour.tour import Tour

ORDER = 69


def add(context: Context) -> None:
    """Begin the tour."""
    tour = Tour(context)
    tip = "What GTP does with one patch of your own photo"
    title = "Guided &tour: GTP in four steps"
    context.commands.add(Command("tour", "Help", title, tour.start, "F2", tip))
