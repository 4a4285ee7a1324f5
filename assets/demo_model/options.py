"""The command line of the training program."""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timedelta
from pathlib import Path

PHASES = "0:32:256:1,0.42:64:128:0.75-1,0.72:112:96:0.4-1"


def finish_time(options: argparse.Namespace) -> float | None:
    """The end of the run as seconds since the epoch; None when steps decide."""
    if options.steps is not None:
        return None
    if options.finish_by is None:
        return time.time() + 3600 * float(options.hours)
    now = datetime.now()
    hour, minute = options.finish_by.split(":")
    end = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return (end if end > now else end + timedelta(days=1)).timestamp()


def parse(arguments: list[str] | None, description: str | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=("teacher", "train", "split", "export"))
    parser.add_argument("--work", type=Path, required=True, help="folder of the run")
    parser.add_argument("--data", type=Path, help="folder or zip of class folders")
    parser.add_argument("--classes", type=Path, help="JSON list of wnid and name")
    parser.add_argument("--pixels", type=int, default=64, help="size in memory")
    parser.add_argument("--held-out", type=int, default=25, help="per class")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--views", type=int, default=4, help="teacher's crops a photo")
    parser.add_argument("--size", type=int, default=112, help="native input size")
    parser.add_argument("--dim", type=int, default=192)
    parser.add_argument("--depth", type=int, default=12)
    parser.add_argument("--heads", type=int, default=3)
    parser.add_argument(
        "--phases", default=PHASES, help="start:size:batch:keep[:lose],..."
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="once the run has ended, go on with another",
    )
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--finish-by", help="HH:MM, instead of --hours")
    parser.add_argument("--steps", type=int, help="a run of so many steps instead")
    parser.add_argument("--stop-after", type=int, default=0, help="leave early")
    parser.add_argument("--minutes", type=float, default=3.0, help="between reports")
    parser.add_argument("--check-every", type=int, default=3, help="nth held-out photo")
    parser.add_argument("--muon-rate", type=float, default=3e-3, help="0: AdamW only")
    parser.add_argument("--adam-rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--teacher-weight", type=float, default=0.7)
    parser.add_argument("--feature-weight", type=float, default=1.0)
    parser.add_argument("--plain-init", action="store_true")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    options.data = options.data or options.work / "photos.zip"
    options.classes = options.classes or options.work / "classes.json"
    return options
