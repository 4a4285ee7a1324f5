"""Paint the stored pictures anew: python -m tests.pictures"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.pictures import painting, stored
from tests.pictures.scenes import cases


def main() -> None:
    """Every case with both painters; pictures of cases that are gone go, too."""
    app = QApplication.instance() or QApplication([])
    stored.FOLDER.mkdir(exist_ok=True)
    for old in stored.FOLDER.glob("*.png"):
        old.unlink()
    for case in cases():
        for painter in ("qt", "matplotlib"):
            pixels = getattr(painting, f"with_{painter}")(case)
            path = stored.save(f"{case.name}-{painter}", pixels)
            print(f"{path}: {path.stat().st_size:,} bytes")
    del app


if __name__ == "__main__":
    main()
