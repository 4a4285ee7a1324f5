"""The menu Measure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from gtp_core.document import changes
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk

ORDER = 60


def add(context: Context) -> None:
    """Start and stop, batch sizes, the engine."""
    add, desk = context.commands.add, context.desk
    tip = "Measure the latency of all methods, interleaved"
    add(Command("measure", "Measure", "&Start", partial(start, desk), "F5", tip))
    end, why_not = partial(stop, desk), partial(_is_stopped, desk)
    add(Command("stop", "Measure", "S&top", end, "Shift+F5", refusal=why_not))
    for batch in (1, 8, 32):
        add(
            Command(
                f"batch-{batch}",
                "Measure",
                f"&Batch of {batch}",
                partial(set_batch, desk, batch),
                starts_section=batch == 1,
            )
        )
    add(
        Command(
            "try-again",
            "Measure",
            "Try &again what failed",
            desk.loop.try_again,
            starts_section=True,
        )
    )
    restart = desk.loop.restart_engine
    add(Command("restart", "Measure", "&Restart the engine", restart))


def start(desk: Desk) -> None:
    """Measure once more, and anew after each change."""
    plan = replace(desk.document.plan, is_live=True)
    desk.apply(changes.set_plan(desk.document, plan))
    desk.loop.measure_again()


def stop(desk: Desk) -> None:
    """Stop, and stay stopped when something changes."""
    plan = replace(desk.document.plan, is_live=False)
    desk.apply(changes.set_plan(desk.document, plan))


def _is_stopped(desk: Desk) -> str | None:
    return None if desk.document.plan.is_live else "nothing is being measured"


def set_batch(desk: Desk, batch: int) -> None:
    """Measure with another number of images in a pass."""
    plan = replace(desk.document.plan, batch=batch)
    desk.apply(changes.set_plan(desk.document, plan), "change the batch", "batch")
