"""The ``gtp`` command. Nothing here loads torch before there is work for it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gtp_core import __version__
from gtp_core.commands import COMMANDS
from gtp_core.commands.errors import UsageError, WorkError
from gtp_core.commands.options import settle

FINE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

_EXAMPLES = """\
examples:
  gtp predict photo.jpg                           the answer, with and without reduction
  gtp trace photo.jpg --layer 6 --png out.png     which tokens left, where they went
  gtp flops --model deit_small_patch16_224        multiply-adds, layer by layer
  gtp profile --batch 8 --method gtp:P=8          latency, interleaved, with intervals
  gtp evaluate folder/ --markdown                 accuracy and agreement on your images

methods: unpruned, gtp:P=8,alpha=0.1,theta=0.9,graph=mixed,M=8, tome:r=8, ...
         (a count per layer: P=4/8/8/12, some layers: P=8@3-9, a file: P=@counts.json)
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    parser = _Parser(
        prog="gtp",
        description="See and measure what token reduction does to Vision Transformers.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gtp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(
            name, help=command.HELP, description=command.DESCRIPTION
        )
        command.add_options(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code and never raises."""
    _never_fail_on_odd_characters()
    prog = "gtp"
    try:
        try:
            options = build_parser().parse_args(arguments)
        except SystemExit as finished:
            return finished.code if isinstance(finished.code, int) else WRONG_USAGE
        prog = f"gtp {options.command}"
        settle(options)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"{prog}: {error} (see {prog} --help)", file=sys.stderr)
        return WRONG_USAGE
    except WorkError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"{prog}: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except Exception as error:
        # Whatever nobody foresaw: one line here, the traceback in the log file.
        print(f"{prog}: {_unforeseen(error)}", file=sys.stderr)
        return FAILED


def _unforeseen(error: Exception) -> str:
    from gtp_core import logs

    logs.set_up("gtp").error("The command failed", exc_info=error)
    text = str(error).strip()
    first = text.splitlines()[0] if text else type(error).__name__
    if _is_out_of_memory(error):
        return "not enough memory; use a smaller --batch or a smaller --model."
    if isinstance(error, OSError):
        return f"{first}."
    return f"this failed: {first} (details in {logs.log_file()})"


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    if "torch" not in sys.modules:
        return False
    from gtp_core.measuring import devices

    return devices.is_out_of_memory(error)


def _never_fail_on_odd_characters() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _forget_stdout() -> None:
    """The reader of our output is gone: no complaint about it at exit either."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
