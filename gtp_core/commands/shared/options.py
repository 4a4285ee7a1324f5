"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from gtp_core.catalogue import BACKBONES
from gtp_core.commands.shared.errors import UsageError
from gtp_core.document.subject import DEVICES
from gtp_core.methods import METHODS, MethodBase, parse_method, plugins
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned

DEFAULT_METHODS: tuple[MethodBase, ...] = (Unpruned(), GTP(), ToMe())


def add_paths(parser: argparse.ArgumentParser, help: str) -> None:
    """Image files or folders."""
    parser.add_argument("paths", nargs="*", type=path, metavar="IMAGE", help=help)


def path(text: str) -> Path:
    """A file or folder by its name."""
    if not text:  # a variable of the shell that was never set, most likely
        raise argparse.ArgumentTypeError("an empty name is no image and no file")
    return Path(text)


def add_model(
    parser: argparse.ArgumentParser, default_weights: str | None = "auto"
) -> None:
    """``--model``, ``--weights`` and ``--device``.

    Without `default_weights` the command needs shapes alone and takes ``--model`` only.
    """
    parser.add_argument(
        "--model",
        default="demo",
        metavar="NAME",
        help="a name that `gtp models` lists, or any timm VisionTransformer "
        "(default: demo)",
    )
    if default_weights is None:
        return
    parser.add_argument(
        "--weights",
        default=default_weights,
        metavar="auto|random|FILE",
        help="auto: the bundled or pretrained weights. random: no download, and the "
        "answers mean nothing. FILE: .safetensors, .pth or .npz (default: %(default)s)",
    )
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default="auto",
        help="where the network runs (default: auto, the fastest device there is)",
    )


def add_methods(
    parser: argparse.ArgumentParser,
    default: tuple[MethodBase, ...] = DEFAULT_METHODS,
) -> None:
    """``--method`` and ``--plugin``, any number of times."""
    shown = ", ".join(map(str, default))
    parser.add_argument(
        "--method",
        dest="methods",
        action="append",
        metavar="TEXT",
        help="a method such as gtp:P=8,alpha=0.1; repeat it for several methods "
        f"(default: {shown}); known methods: {', '.join(METHODS)}",
    )
    parser.add_argument(
        "--plugin",
        dest="plugins",
        action="append",
        default=[],
        type=path,
        metavar="FILE",
        help="a Python file with a method of your own; repeat it for several files",
    )
    parser.set_defaults(default_methods=default)


def settle_methods(options: argparse.Namespace) -> None:
    """Turn the texts of ``--method`` into methods; raises UsageError for a bad one."""
    _load_plugins(options)
    texts: list[str] | None = options.methods
    chosen = options.default_methods if texts is None else tuple(map(_method, texts))
    options.methods = chosen
    facts = BACKBONES.get(options.model)
    if facts is None:
        return  # the network itself will tell
    for method in chosen:
        check_depth(method, facts.depth)


def _method(text: str) -> MethodBase:
    try:
        return parse_method(text)
    except ValueError as error:
        raise UsageError(f"argument --method: {error}") from None


def _load_plugins(options: argparse.Namespace) -> None:
    """Before ``--method`` is read, which may name a plug-in's method."""
    try:
        plugins.load_all(options.plugins)
    except plugins.PluginError as error:
        raise UsageError(f"argument --plugin: {error}") from None


def check_depth(method: MethodBase, depth: int) -> None:
    """Raises UsageError if the method's schedule does not fit `depth` layers."""
    try:
        method.requested(depth)
    except ValueError as error:
        raise UsageError(str(error)) from None


def whole(text: str) -> int:
    """An option that counts: a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number >= 1")
    return int(text)


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
