"""Runs the checks: `check.py [--lint] [PYTEST ARGUMENTS ...]`.

All of them run even if one fails, the tests last; the exit code is 1 if any failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
CHECKS = {
    "ruff check": [sys.executable, "-m", "ruff", "check"],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--check"],
    "mypy": [sys.executable, "-m", "mypy"],
    "import contracts": [str(TOOLS / "lint-imports")],
    # One process per core; the tests of one file stay together.
    "pytest": [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lint", action="store_true", help="all checks but the tests")
    options, pytest_arguments = parser.parse_known_args()
    os.chdir(ROOT)
    # No test needs a screen; on a machine with one, none should flash by either.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    commands = dict(CHECKS)
    commands["pytest"] = commands["pytest"] + pytest_arguments
    if options.lint:
        del commands["pytest"]
    results = [run(name, command) for name, command in commands.items()]
    print("\n" + "\n".join(line for _, line in results))
    return 0 if all(passed for passed, _ in results) else 1


def run(name: str, command: list[str]) -> tuple[bool, str]:
    """Whether it passed, and a line that says so."""
    print(f"\n== {name}", flush=True)
    start = time.monotonic()
    passed = subprocess.run(command).returncode == 0
    seconds = time.monotonic() - start
    return passed, f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)"


if __name__ == "__main__":
    sys.exit(main())
