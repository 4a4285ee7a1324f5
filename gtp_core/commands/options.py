"""Options that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from pathlib import Path

from gtp_core.catalogue import BACKBONES
from gtp_core.commands.errors import UsageError
from gtp_core.methods import METHODS, MethodBase, parse_method
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.finding import IMAGE_SUFFIXES

DEVICES = ("auto", "cpu", "cuda", "mps")
STDOUT = Path("-")
DEFAULT_METHODS: tuple[MethodBase, ...] = (Unpruned(), GTP(), ToMe())


def add_paths(parser: argparse.ArgumentParser, help: str) -> None:
    """Image files or folders."""
    parser.add_argument("paths", nargs="*", type=_path, metavar="IMAGE", help=help)


def _path(text: str) -> Path:
    if not text:  # a variable of the shell that was never set, most likely
        raise argparse.ArgumentTypeError("an empty name is no image and no folder")
    return Path(text)


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json [FILE]``."""
    parser.add_argument(
        "--json",
        nargs="?",
        type=Path,
        const=STDOUT,
        metavar="FILE",
        help="write the results as JSON to FILE, or to standard output without FILE",
    )


def add_model(
    parser: argparse.ArgumentParser, default_weights: str | None = "auto"
) -> None:
    """``--model``, ``--weights`` (not if its default is None) and ``--device``."""
    parser.add_argument(
        "--model",
        default="demo",
        metavar="NAME",
        help="a name that `gtp models` lists, or any timm VisionTransformer "
        "(default: demo)",
    )
    if default_weights is not None:
        parser.add_argument(
            "--weights",
            default=default_weights,
            metavar="auto|random|FILE",
            help="auto: bundled or pretrained; random: answers mean nothing; or a "
            "file, .safetensors, .pth or .npz (default: %(default)s)",
        )
    add_device(parser, "where the network runs (default: auto, the fastest there is)")


def add_device(parser: argparse.ArgumentParser, help: str) -> None:
    """``--device``, which every command takes."""
    parser.add_argument("--device", choices=DEVICES, default="auto", help=help)


def add_methods(
    parser: argparse.ArgumentParser,
    default: tuple[MethodBase, ...] = DEFAULT_METHODS,
) -> None:
    """``--method``, any number of times."""
    shown = ", ".join(map(str, default))
    parser.add_argument(
        "--method",
        dest="methods",
        action="append",
        type=_method,
        metavar="TEXT",
        help="a method such as gtp:P=8,alpha=0.1; repeat for several "
        f"(default: {shown}); there are: {', '.join(METHODS)}",
    )
    parser.set_defaults(default_methods=default)


def _method(text: str) -> MethodBase:
    try:
        return parse_method(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def whole(text: str) -> int:
    """An option that counts: a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number >= 1")
    return int(text)


def settle(options: argparse.Namespace) -> None:
    """Fill in what depends on several options; raises UsageError if they do not fit."""
    if getattr(options, "json", None) is not None:
        _settle_json(options)
    if hasattr(options, "paths") and not options.paths:
        raise UsageError("which images? Give at least one file or folder.")
    if hasattr(options, "default_methods"):
        _settle_methods(options)


def _settle_json(options: argparse.Namespace) -> None:
    """``--json photo.jpg`` means the photo: no image is ever overwritten."""
    file: Path = options.json
    if file == STDOUT:
        return
    is_image = file.suffix.lower() in IMAGE_SUFFIXES or file.is_dir()
    if not is_image and file.is_file() and file.suffix.lower() != ".json":
        raise UsageError(
            f"--json would replace {file}; give a file that ends in .json, or put "
            "--json after the images."
        )
    if not is_image:
        return
    if not hasattr(options, "paths"):
        raise UsageError(f"--json is to write {file}; give a file that ends in .json.")
    options.paths.insert(0, file)
    options.json = STDOUT


def _settle_methods(options: argparse.Namespace) -> None:
    chosen = options.methods or options.default_methods
    options.methods = tuple(dict.fromkeys(chosen))
    facts = BACKBONES.get(options.model)
    if facts is None:
        return  # the network itself will tell
    for method in options.methods:
        check_depth(method, facts.depth)


def check_depth(method: MethodBase, depth: int) -> None:
    """Raises UsageError if the method's schedule does not fit `depth` layers."""
    try:
        method.requested(depth)
    except ValueError as error:
        raise UsageError(str(error)) from None


def refuse_timing_only(methods: tuple[MethodBase, ...], command: str) -> None:
    """Raises UsageError for a method that cannot classify."""
    for method in methods:
        if method.is_timing_only:
            raise UsageError(
                f"{method} is a timing reference and gives no answers; use it with "
                f"gtp profile or gtp flops, not with gtp {command}."
            )


def with_baseline(methods: tuple[MethodBase, ...]) -> tuple[MethodBase, ...]:
    """`methods` with an unpruned network in front, to compare with."""
    rest = tuple(method for method in methods if not isinstance(method, Unpruned))
    unpruned = tuple(method for method in methods if isinstance(method, Unpruned))
    return (unpruned or (Unpruned(),)) + rest
