"""How quickly the window reacts, with the real engine and the demo network.

    python -m tests.benchmarks.viewer

Prints, beside what is to be reached: the time from the start of the program (the
interpreter running already) until the window is painted; from dropping a photo until
it is on screen, and from then until the network has run and the overlays are painted.
Then, for two panes of 196 patches and for six panes of 1,369, with all overlays on:
one step to a layer that was not seen yet, one to a layer that was, and pointing at
another patch, each redrawn in all panes. Needs no display.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from gtp_viewer.desk import Desk
    from gtp_viewer.window import Window

STARTS = 5
DROPS = 4
STEPS = 60
LAYERS = 12
LARGE = "vit_small_patch14_dinov2"
SIX = (
    "gtp:P=32",
    "gtp:P=32,alpha=1",
    "tome:r=32",
    "topk:K=32",
    "evit:K=32",
    "random:K=32",
)
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
    """Seconds from the first import to the painted window, each in a new process.

    Python compiles the modules once and keeps the bytecode, for a user too: so it may
    do so here, whatever the environment says, in a folder of its own.
    """
    command = [sys.executable, "-c", _START]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = [
            subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            for _ in range(STARTS + 1)
        ]
    return [float(run.stdout) for run in runs[1:]]  # the first one compiles


def measure_window(folder: Path) -> int:
    """Drops and steps in one window."""
    from PySide6.QtCore import QEventLoop, QTimer

    from gtp_core.document import changes
    from gtp_core.document.document import MeasurePlan
    from gtp_viewer import app, startup, theme
    from gtp_viewer.screenshot import waiting_for

    qt = startup.make_application()
    theme.apply(qt, "dark")
    options = app.parse_arguments(["--weights", "random", "--device", "cpu"])
    window = startup.make_window(options, None)
    desk = window.desk
    desk.apply(changes.set_plan(desk.document, MeasurePlan(is_live=False)))
    window.show()
    window.fill()

    ticking = QTimer()
    ticking.start(2)  # wakes the loop below, which else sleeps as the program's does

    def wait(condition: Callable[[], bool]) -> bool:
        end = time.perf_counter() + TIMEOUT
        while not condition() and time.perf_counter() < end:
            qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return condition()

    def repaint() -> None:
        for pane in window.canvas.panes:
            pane.view.repaint()

    try:
        if not wait(lambda: window.is_filled and desk.view.info is not None):
            print("The engine did not answer.", file=sys.stderr)
            return 1
        shown: list[float] = []
        complete: list[float] = []
        for number in range(DROPS + 1):
            photo = write_photo(folder, number)
            begin = time.perf_counter()
            desk.open([photo])
            wait(partial(is_selected, desk, photo.name))
            wait(lambda: desk.view.prepared is not None)
            repaint()
            shown.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            wait(lambda: waiting_for(desk.view) is None)
            repaint()
            complete.append(time.perf_counter() - begin)
        report("12-megapixel photo dropped, on screen", shown[1:], 1000.0)
        report("then its methods run, overlays painted", complete[1:], 1000.0)
        report_steps(window, "2 panes of 196 patches", 16.0)
        show_large_grids(window)
        if not wait(lambda: waiting_for(desk.view) is None):
            print("The large network has not run in time.", file=sys.stderr)
            return 1
        report_steps(window, "6 panes of 1,369 patches", 33.0)
    finally:
        window.close()
    return 0


def show_large_grids(window: Window) -> None:
    """Six methods on a network of the size of DINOv2, with random weights."""
    from gtp_core.document import changes
    from gtp_core.document.subject import ModelSpec
    from gtp_core.methods import parse_method

    desk = window.desk
    model = ModelSpec(LARGE, weights="random", device="cpu")
    document = changes.set_model(desk.document, model)
    desk.apply(changes.with_methods(document, [parse_method(text) for text in SIX]))


def report_steps(window: Window, what: str, limit: float) -> None:
    """Steps and pointing with everything on."""
    from gtp_core.document import changes
    from gtp_core.drawing import overlays

    desk = window.desk
    for overlay in overlays.load():
        if not overlay.group:
            state = replace(desk.document.overlay(overlay.name), is_visible=True)
            desk.apply(changes.set_overlay(desk.document, state))
    report(f"{what}: step to a new layer", layer_steps(window, False), limit)
    report(f"{what}: step to a layer seen before", layer_steps(window, True), limit)
    report(f"{what}: pointing at a patch", hovers(window), limit)


def is_selected(desk: Desk, name: str) -> bool:
    """Whether the selected photo is the file of that name."""
    photo = desk.view.photo
    return photo is not None and photo.name == name


def layer_steps(window: Window, is_seen: bool) -> list[float]:
    """Seconds from a new layer to the painted panes.

    Each layer is new once. Later steps are to layers that were seen before.
    """
    from PySide6.QtWidgets import QApplication

    from gtp_core.document import changes

    desk = window.desk
    seconds = []
    for number in range(STEPS if is_seen else LAYERS):
        begin = time.perf_counter()
        desk.apply(changes.set_layer(desk.document, number % LAYERS))
        for pane in window.canvas.panes:
            pane.view.repaint()
        seconds.append(time.perf_counter() - begin)
        QApplication.processEvents()
    return seconds


def hovers(window: Window) -> list[float]:
    """Seconds from pointing at another patch to the painted panes."""
    from PySide6.QtWidgets import QApplication

    first = window.canvas.panes[0].view
    geometry = window.desk.view.geometry
    assert geometry is not None
    seconds = []
    for number in range(STEPS):
        x, y, width, height = geometry.patch_rect(7 * number % geometry.patches)
        begin = time.perf_counter()
        first.point_hovered.emit((x + width / 2, y + height / 2))
        for pane in window.canvas.panes:
            pane.view.repaint()
        seconds.append(time.perf_counter() - begin)
        QApplication.processEvents()
    return seconds


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
