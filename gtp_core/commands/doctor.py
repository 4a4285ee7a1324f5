"""``gtp doctor``: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from gtp_core import __version__, logs
from gtp_core.assets import asset
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.output import Output
from gtp_core.document.subject import ModelSpec
from gtp_core.drawing.tables import Table
from gtp_core.files import shown_path
from gtp_core.measuring.runtimes import RUNTIMES
from gtp_core.photos.photo import decode
from gtp_core.records.probabilities import answer_sentence

HELP = "check what works on this machine"
DESCRIPTION = (
    "Check this installation: versions, devices, runtimes, the log file, the bundled "
    "demo model on a sample photo, and whether the window can open. Nothing is "
    "downloaded. The exit code is 1 if something does not work."
)
EXAMPLES = (
    ("gtp doctor", "what works here"),
    ("gtp doctor --json", "the same for a bug report"),
)
ORDER = 90

_PATIENCE = 60.0
"""Seconds after which a window that has not opened counts as one that cannot."""

_OPEN_A_WINDOW = """
from PySide6.QtWidgets import QApplication
application = QApplication([])
print(application.platformName())
"""


@dataclass(frozen=True)
class Finding:
    """The result of one check: what it is about, and one or more sentences."""

    check: str
    works: bool
    text: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Only the form of the output."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run all checks, each of which may fail without harm to the others."""
    output = Output(options)
    logs.set_up("gtp")
    found = [_checked(name, check) for name, check in _CHECKS.items()]
    table = Table(("", "works", "what was found"), (0, 1, 2))
    for finding in found:
        table.add(finding.check, "yes" if finding.works else "NO", finding.text)
    output.say(table.text())
    output.finish({"checks": found})
    return 0 if all(finding.works for finding in found) else 1


def _checked(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except Exception as error:  # whatever is broken is what is looked for
        text = str(error).strip() or type(error).__name__
        return Finding(name, False, text.splitlines()[0])


def _program() -> str:
    return f"gtp-viewer {__version__}, Python {platform.python_version()}"


def _libraries() -> str:
    from gtp_core.measuring.probe import probe

    found = probe()
    return f"torch {found.torch}, timm {found.timm}"


def _devices() -> str:
    from gtp_core.measuring.probe import probe

    found = probe()
    devices = zip(found.devices, found.device_names, strict=True)
    names = ", ".join(f"{kind} ({name})" for kind, name in devices)
    return f"{names}; {found.threads} threads on {found.cores} cores"


def _runtimes() -> str:
    from gtp_core.measuring.devices import resolve

    device = resolve()
    there = [
        name
        for name, runtime in RUNTIMES.items()
        if runtime.unavailable_reason(device) is None
    ]
    return f"on {device.kind}: {', '.join(there)}"


def _log() -> str:
    file = logs.log_file()
    with file.open("a"):
        return shown_path(file)


def _demo_model() -> str:
    from gtp_core.measuring.model import load

    photo = decode(asset("photos/cat.jpg"))
    model = load(ModelSpec("demo", device="cpu"))
    if model.info.is_random:
        raise ValueError(model.info.weights_note)
    logits = model.network(model.to_input_of_photo(photo.pixels))[0]
    answer = answer_sentence(logits.detach().numpy(), model.info.class_names)
    return f"it answers {photo.name} with {answer}"


def _window() -> str:
    """Opens one in a process of its own: Qt ends a process that has no display."""
    done = _opened(dict(os.environ))
    if done.returncode == 0:
        return f"it can open ({done.stdout.strip()})"
    hidden = _opened({**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    if hidden.returncode == 0:
        return "there is no display; gtp-viewer --screenshot FILE works without one"
    lines = hidden.stderr.strip().splitlines()
    raise RuntimeError(lines[-1] if lines else "Qt ended without a word")


def _opened(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _OPEN_A_WINDOW],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PATIENCE,
    )


_CHECKS: dict[str, Callable[[], str]] = {
    "program": _program,
    "libraries": _libraries,
    "devices": _devices,
    "runtimes": _runtimes,
    "log file": _log,
    "demo model": _demo_model,
    "window": _window,
}
