"""Runs the benchmarks in tests/benchmarks, or the one that is named first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "benchmarks"


def main() -> int:
    programs = sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    )
    arguments = sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        if name not in programs:
            print(f"No benchmark {name!r}; there are: {', '.join(programs)}.")
            return 2
        programs = [name]
    return max(run(name, arguments) for name in programs)


def run(name: str, arguments: list[str]) -> int:
    """The exit code of one benchmark."""
    print(f"\n== {name}", flush=True)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
