"""Paints the pictures of the tests and of the README anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOW = ROOT / "assets" / "screenshot.png"
SHOWN = ["assets/photos/cat.jpg", "--layer", "6", "--theme", "dark"]
SIZE = ["--size", "1600x1000"]


def main() -> int:
    """The exit code of the first that fails, or 0."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    window = ["-m", "gtp_viewer", *SHOWN, *SIZE, "--screenshot", str(WINDOW)]
    for arguments in (["-m", "tests.pictures"], window):
        command = [sys.executable, *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment).returncode
        if code != 0:
            return code
    print(f"{WINDOW}\nLook at every picture that git says has changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
