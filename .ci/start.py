"""Starts the window; without a display renders the same window to a PNG."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PICTURE = Path("gtp-viewer.png")
PROGRAM = [sys.executable, "-m", "gtp_viewer"]
PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"


def main() -> int:
    arguments = sys.argv[1:]
    if "--screenshot" in arguments or not needs_picture():
        return subprocess.run([*PROGRAM, *arguments]).returncode
    PICTURE.unlink(missing_ok=True)
    print(f"No display: rendering the window to {PICTURE.resolve()} ...", flush=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [*PROGRAM, *arguments, "--screenshot", str(PICTURE)]
    code = subprocess.run(command, env=environment).returncode
    if code == 0:
        print(f"The window is in {PICTURE.resolve()}.")
    return code


def needs_picture() -> bool:
    """Whether there is no display to show a window on."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return True
    if not sys.platform.startswith("linux"):
        return False
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return True
    # DISPLAY may be left over from a connection that is gone; Qt would abort then.
    probe = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True
    )
    if probe.returncode != 0:
        print(f"Qt cannot open the display: {probe.stderr.strip().splitlines()[:1]}")
    return probe.returncode != 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
