"""Draws figures in a process of its own: python -m gtp_core.drawing.draw_process

matplotlib makes so many objects that Python's own tidying up after them would hold up
every other thread, the window's among them, for tenths of a second.

The process reads one pickled task from its standard input. It writes lines: ``alive``,
``progress DONE OF``, ``failed SENTENCE``, or ``done BYTES``, after which come so many
bytes of the file.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Literal

from gtp_core.drawing.shots import PaneShot, Shot

Progress = Callable[[int, int], None]
"""Is called often with (done, of how many), or (0, 0) while that is not known. What
it raises ends the process."""
BEAT = 0.1
"""Seconds between two signs of life."""


@dataclass(frozen=True, eq=False)
class Task:
    """A file to make. `suffix` is its kind, `width` its pixels, where it has any."""

    what: Literal["view", "strip", "animation"]
    shots: Sequence[Shot]
    title: str
    notes: Sequence[str]
    suffix: str
    width: int | None = None


def draw_elsewhere(task: Task, progress: Progress) -> bytes:
    """The content of the file, drawn by another process.

    Raises ValueError, in one sentence, if it cannot be drawn.
    """
    command = [sys.executable, "-m", "gtp_core.drawing.draw_process"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(task, process.stdin)
            return _result(process.stdout, progress)
        finally:
            process.kill()


def _send(task: Task, pipe: IO[bytes]) -> None:
    """Hand over the task. That the process has died shows when it is read from."""
    with suppress(BrokenPipeError):
        pickle.dump(task, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    with suppress(BrokenPipeError):  # what was not written yet
        pipe.close()


def _result(lines: IO[bytes], progress: Progress) -> bytes:
    for line in lines:
        word, _, rest = line.decode().rstrip("\n").partition(" ")
        if word == "done":
            data = lines.read(int(rest))
            if len(data) == int(rest):
                return data
            break
        if word == "failed":
            raise ValueError(rest)
        done, of = map(int, rest.split()) if word == "progress" else (0, 0)
        progress(done, of)
    raise ValueError(
        "The drawing process ended before it was done; choose a smaller width."
    )


def draw(task: Task, progress: Progress) -> bytes:
    """The content of the file, drawn here. Raises ValueError if it cannot be drawn."""
    from gtp_core.drawing import figures

    if task.what == "animation":
        width = task.width or figures.WIDTH
        frames = figures.Frames(task.shots, task.title, task.notes, width)
        made = []
        for number, frame in enumerate(frames, start=1):
            made.append(frame)
            progress(number, len(frames))
        return figures.animation_bytes(made, task.suffix)
    if task.what == "strip":
        panes = [shot for shot in task.shots if isinstance(shot, PaneShot)]
        figure = figures.strip(panes, task.title, task.notes)
    else:
        figure = figures.view(task.shots, task.title, task.notes)
    return figures.figure_bytes(figure, task.suffix, task.width)


class _Answers:
    """Writes lines from two threads, one at a time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._lock = file, threading.Lock()
        self._is_done = threading.Event()

    def say(self, line: str, data: bytes = b"") -> None:
        with self._lock:
            self._file.write(f"{line}\n".encode(errors="replace") + data)
            self._file.flush()

    def beat(self) -> None:
        while not self._is_done.wait(BEAT):
            self.say("alive")

    def end(self) -> None:
        self._is_done.set()


def main() -> None:
    """Do the task on standard input."""
    answers = _Answers(sys.stdout.buffer)
    heart = threading.Thread(target=answers.beat, daemon=True)
    heart.start()
    try:
        task = pickle.load(sys.stdin.buffer)
        data = draw(task, lambda done, of: answers.say(f"progress {done} {of}"))
    except (ValueError, MemoryError) as error:
        problem = " ".join(str(error).split())
        answers.end()
        answers.say(f"failed {problem or 'Too little memory; choose a smaller width.'}")
    else:
        answers.end()
        answers.say(f"done {len(data)}", data)


if __name__ == "__main__":
    main()
