"""What a drop of many large photos does to the window: stalls and memory.

    python -m tests.benchmarks.thousand_photos [COUNT]

Makes COUNT (1,000) links to one JPEG of 12 megapixels, finds, lists and reads them
with the real loader, model and panel, and prepares another photo every second as if
it were selected. Prints, beside what is to be reached: the longest time in which the
window could not answer, the peak of memory above an empty window, and what a photo
takes. Needs no display.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from gtp_viewer.images_model import Row
    from gtp_viewer.photo_loader import PreparedPhoto, ReadPhoto

STALL_MS = 50.0
MEMORY_MB = 1500.0
SELECT_EVERY = 1.0
"""Seconds between two photos that are selected."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 if a photo was not read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1000)
    count = parser.parse_args(arguments).count
    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder), count)
        return Drop(Path(folder), count).run()


def make_photos(folder: Path, count: int) -> None:
    """One photo of 4000 × 3000 pixels under many names."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    small = random.integers(0, 255, (300, 400, 3), dtype=np.uint8)
    first = folder / "0.jpg"
    large = Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC)
    large.save(first, quality=90)
    for number in range(1, count):
        os.link(first, folder / f"{number}.jpg")


class Drop:
    """Loader, model and panel, wired as the window does it."""

    def __init__(self, folder: Path, count: int) -> None:
        from PySide6.QtWidgets import QApplication

        from gtp_core.photos.geometry import InputSpec
        from gtp_viewer import theme
        from gtp_viewer.panels.images import ImagesPanel
        from gtp_viewer.photo_loader import PhotoLoader

        self.qt = QApplication([])
        theme.apply(self.qt, "dark")
        self.folder, self.count = folder, count
        self.spec = InputSpec(224, 224, (16, 16))
        self.rows: dict[int, Row] = {}
        self.prepared: list[float] = []
        self.wished_at = 0.0
        self.panel, self.loader = ImagesPanel(), PhotoLoader()
        self.panel.resize(160, 700)
        self.panel.show()
        self.panel.in_view_changed.connect(self.loader.prioritise)
        self.loader.found.connect(self._add)
        self.loader.read.connect(self._read)
        self.loader.failed.connect(lambda _photo, text: print(text, file=sys.stderr))
        self.loader.prepared.connect(self._prepared)

    def run(self) -> int:
        self._wait(lambda: False, 0.5)  # the first painting is over
        before = peak_mb()
        begin = time.perf_counter()
        self.loader.find([self.folder])
        stalls = self._wait(self._is_done, 3600.0)
        seconds = time.perf_counter() - begin
        self.loader.close()
        worst = sorted(stalls)[-3:]
        report("longest stalls", " ".join(f"{1e3 * s:.0f}" for s in worst), STALL_MS)
        report("memory at most", f"{peak_mb() - before:.0f}", MEMORY_MB, "MB")
        took = 1e3 * max(self.prepared, default=0.0)
        report(f"selected, until prepared (of {len(self.prepared)})", f"{took:.0f}")
        report("each photo", f"{1e3 * seconds / self.count:.0f}")
        return 0 if self._is_done() else 1

    def _add(self, paths: list[Path]) -> None:
        from gtp_viewer.images_model import Row

        for photo, path in enumerate(paths):
            self.rows[photo] = Row(photo, path.name, str(path), "reading")
            self.loader.add(photo, path)
        self.panel.set_rows(list(self.rows.values()))
        self.panel.set_current(0)

    def _read(self, batch: list[tuple[int, ReadPhoto]]) -> None:
        from dataclasses import replace

        for photo, facts in batch:
            self.rows[photo] = replace(
                self.rows[photo], status="ready", thumbnail=facts.thumbnail
            )
        self.panel.set_rows(list(self.rows.values()))

    def _prepared(self, _photo: int, _prepared: PreparedPhoto) -> None:
        self.prepared.append(time.perf_counter() - self.wished_at)

    def _is_done(self) -> bool:
        ready = sum(row.status == "ready" for row in self.rows.values())
        return ready == self.count

    def _wait(self, is_over: Callable[[], bool], seconds: float) -> list[float]:
        """Run the event loop; how long each turn of it took, in seconds."""
        turns = []
        end = time.perf_counter() + seconds
        select_at = time.perf_counter() + SELECT_EVERY
        while not is_over() and time.perf_counter() < end:
            begin = time.perf_counter()
            self.qt.processEvents()
            if self.rows and begin > select_at:
                select_at = begin + SELECT_EVERY
                self._select(int(begin * 1000) % self.count)
            time.sleep(0.001)
            turns.append(time.perf_counter() - begin)
        return turns

    def _select(self, photo: int) -> None:
        self.wished_at = time.perf_counter()
        self.panel.set_current(photo)
        self.loader.prepare(photo, self.spec)


def report(what: str, value: str, limit: float | None = None, unit: str = "ms") -> None:
    """One line: what, value, and what is to be reached."""
    reach = "" if limit is None else f"   to reach {limit:6.0f} {unit}"
    print(f"{what:<44} {value:>14} {unit}{reach}")


def peak_mb() -> float:
    """Peak memory of this process so far."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    sys.exit(main())
