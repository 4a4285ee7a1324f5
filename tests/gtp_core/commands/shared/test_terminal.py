"""What long work says on a terminal, and what it keeps to itself elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from gtp_core.commands.shared.terminal import (
    StatusLine,
    progress_bar,
    progress_steps,
)


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_status_line_overwrites_itself_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    status = StatusLine()
    status(0.5, "Downloading weights")
    status(None, "Reading")
    status.clear()
    status.clear()
    pieces = terminal.getvalue().split("\r")
    assert pieces[1:3] == ["Downloading weights (50%)", "Reading".ljust(25)]
    assert pieces[3].strip() == ""
    assert "\n" not in terminal.getvalue()


def test_a_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress_bar(range(3), "images", "image")) == [0, 1, 2]
    assert "images" in terminal.getvalue()
    assert "0/3" in terminal.getvalue()


def test_nothing_is_drawn_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    status = StatusLine()
    status(0.5, "Downloading weights")
    status.clear()
    assert list(progress_bar(range(3), "images", "image")) == [0, 1, 2]
    assert file.getvalue() == ""


def test_steps_are_counted_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress_steps("measuring", 2, "sample") as step:
            step()
            step()
        assert ("measuring" in stream.getvalue()) is shown
