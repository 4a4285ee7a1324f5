"""How quickly the window reacts, with the real engine and the demo network.

    python -m tests.benchmarks.viewer

Prints, beside what is to be reached: the time from the start of the program (the
interpreter running already) until the window is painted; from dropping a photo until
it is on screen, and from then until the network has run and the overlays are painted;
and the time of one step of the layer, redrawn in all panes. Needs no display.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STARTS = 3
DROPS = 4
STEPS = 60
TIMEOUT = 120.0

_START = """
import time
begin = time.perf_counter()
from gtp_viewer import app, startup, theme
options = app.parse_arguments([])
qt = startup.make_application()
theme.apply(qt, "dark")
window = startup.make_window(options, None)
window.show()
qt.processEvents()
print(time.perf_counter() - begin)
"""


def main() -> int:
    """Measure and print; returns 1 if the engine does not answer."""
    report("window on screen", start_times(), 1000.0)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GTP_VIEWER_LOG"] = str(Path(folder, "log.txt"))
        return measure_window(Path(folder))


def report(what: str, seconds: list[float], limit: float) -> None:
    """One line: median, worst and limit in milliseconds."""
    median = 1e3 * statistics.median(seconds)
    print(
        f"{what:<44} {median:8.1f} ms   worst {1e3 * max(seconds):8.1f} ms   "
        f"to reach {limit:6.0f} ms"
    )


def start_times() -> list[float]:
    """Seconds from the first import to the painted window, each in a new process."""
    command = [sys.executable, "-c", _START]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True)
        for _ in range(STARTS + 1)
    ]
    return [float(run.stdout) for run in runs[1:]]  # the first one warms the disk


def measure_window(folder: Path) -> int:
    """Drops and steps in one window."""
    from gtp_viewer import app, startup, theme

    qt = startup.make_application()
    theme.apply(qt, "dark")
    options = app.parse_arguments(["--weights", "random", "--device", "cpu"])
    window = startup.make_window(options, None)
    window.session.is_live = False
    window.show()
    window.fill()

    def wait(condition: Callable[[], bool]) -> bool:
        end = time.perf_counter() + TIMEOUT
        while not condition() and time.perf_counter() < end:
            qt.processEvents()
        return condition()

    def is_shown() -> bool:
        state = window.state
        return state.image is not None and not state.missing()

    try:
        ready = wait(
            lambda: (
                window.state.model is not None
                and window.panels is not None
                and window.panels.is_ready
            )
        )
        if not ready:
            print("The engine did not answer.", file=sys.stderr)
            return 1
        drops: list[float] = []
        shows: list[float] = []
        shown_at = [0.0]
        window.session.photo_shown.connect(
            lambda _photo: shown_at.__setitem__(0, time.perf_counter())
        )
        for number in range(DROPS + 1):
            photo = write_photo(folder, number)
            begin = time.perf_counter()
            window.session.add_paths([photo])
            wait(lambda n=number: len(window.state.images) > n)  # type: ignore[misc]
            window.state.select_image(window.state.images[-1].uid)
            wait(lambda: window.state.images[-1].status == "ready" and is_shown())
            for pane in window.canvas.panes:
                pane.view.repaint()
            shows.append(shown_at[0] - begin)
            drops.append(time.perf_counter() - shown_at[0])
        report("12-megapixel photo dropped, on screen", shows[1:], 1000.0)
        report("then three methods run, overlays painted", drops[1:], 1000.0)
        steps = []
        for number in range(STEPS):
            layer = number % 12
            begin = time.perf_counter()
            window.state.set_layer(layer)
            for pane in window.canvas.panes:
                pane.view.repaint()
            steps.append(time.perf_counter() - begin)
            qt.processEvents()
        report("one step of the layer, 196 tokens, two panes", steps, 16.0)
    finally:
        window.close()
    return 0


def write_photo(folder: Path, number: int) -> Path:
    """A photo of 4000 × 3000 pixels that was not there before."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(number)
    small = random.integers(0, 255, (30, 40, 3), dtype=np.uint8)
    path = folder / f"{number}.jpg"
    Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC).save(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
