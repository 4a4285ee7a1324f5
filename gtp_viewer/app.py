"""The program `gtp-viewer`: arguments, start-up, errors."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from gtp_core import __version__
from gtp_core.document.session import split_sessions, too_many
from gtp_core.document.subject import DEVICES, PRECISIONS
from gtp_core.engine.process import EngineCommand
from gtp_core.methods import MethodBase, parse_method, plugins

PROGRAM = "gtp-viewer"
THEMES = ("system", "light", "dark", "contrast")
"""Those of `theme.SCHEMES`, which cannot be read before Qt is loaded."""


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; exits with code 2 if it is used wrongly."""
    parser = argparse.ArgumentParser(
        PROGRAM,
        description="See and measure what token reduction does to a Vision "
        "Transformer, on your own photos.",
        epilog="Methods are written like gtp:P=8,alpha=0.1 or tome:r=8.",
    )
    add = parser.add_argument
    add(
        "images",
        nargs="*",
        type=Path,
        metavar="IMAGE|FOLDER|SESSION",
        help="photos to open, and a saved session, whose settings options replace",
    )
    add("--model", metavar="M", help="the network (default: demo)")
    add("--weights", metavar="W", help="auto, random or a weights file (default: auto)")
    add("--device", choices=DEVICES, help="where the network runs (default: auto)")
    add("--precision", choices=PRECISIONS, help="number format (default: float32)")
    add(
        "--method",
        action="append",
        type=_method,
        metavar="TEXT",
        help="a method to compare; repeat it for several",
    )
    add(
        "--pane",
        action="append",
        nargs=2,
        default=[],
        metavar=("M", "TEXT"),
        help="a pane with a network and a method of its own; repeat it for several",
    )
    add(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a Python file with a method of your own; repeat it for several",
    )
    add(
        "--engine",
        type=_engine,
        metavar="COMMAND",
        help="the command that starts the engine, here or elsewhere, such as "
        "'ssh board gtp-engine' (default: an engine on this computer)",
    )
    add("--layer", type=_layer, metavar="N", help="the layer to show, from 1")
    add("--theme", choices=THEMES, help="the look of the window")
    add("--size", type=_size, metavar="WxH", help="size of the window in pixels")
    add(
        "--screenshot",
        type=_png,
        metavar="FILE",
        help="save the window as a PNG once everything is up to date, then quit; "
        "works without a display, too",
    )
    add("--version", action="version", version=f"{PROGRAM} {__version__}")
    _load_plugins(parser, arguments)
    options = parser.parse_args(arguments)
    try:
        options.pane = [(model, _method(text)) for model, text in options.pane]
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --pane: {error}")
    sessions, _ = split_sessions(options.images)
    if len(sessions) > 1:
        parser.error(too_many(sessions))
    return options


def _load_plugins(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None
) -> None:
    """Before the other options are read, which may name a plug-in's method."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    early.add_argument("--plugin", action="append", default=[], type=Path)
    try:
        found, _ = early.parse_known_args(arguments)
        plugins.load_all(found.plugin)
    except argparse.ArgumentError:
        return  # the full parser says what is wrong
    except plugins.PluginError as error:
        parser.error(str(error))


def _method(text: str) -> MethodBase:
    try:
        return parse_method(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _engine(text: str) -> str:
    try:
        EngineCommand.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _layer(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a layer; allowed: a whole number >= 1."
        )
    return int(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; allowed: WIDTHxHEIGHT, such as 1400x900."
        )
    return int(match[1]), int(match[2])


def _png(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} must end in .png.")
    return path


def has_display() -> bool:
    """Whether a window can be put on a screen."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    options = parse_arguments(arguments)
    if options.screenshot is not None and sys.platform.startswith("linux"):
        # A picture needs no screen, and comes out the same on every one.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if not has_display():
        print(
            f"{PROGRAM}: there is no display; use --screenshot FILE.png to render the "
            "window without one.",
            file=sys.stderr,
        )
        return 1
    from gtp_viewer import startup

    try:
        return startup.run(options)
    except startup.StartError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
