"""The ``gtp`` command: from its arguments to its exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from gtp_core import __version__, logs
from gtp_core.commands.shared import discovery, interruption
from gtp_core.commands.shared.discovery import Command
from gtp_core.commands.shared.errors import UsageError, WorkError
from gtp_core.commands.shared.json_option import settle_json
from gtp_core.commands.shared.options import settle_methods
from gtp_core.commands.shared.streams import (
    complain,
    flush_results,
    need_stdout,
    writing_results,
)

FINE, FAILED, WRONG_USAGE = 0, 1, 2

_METHODS = """\
methods: unpruned, gtp:P=8,alpha=0.1,theta=0.9,graph=mixed,M=8, tome:r=8, ...
         (a count per layer: P=4/8/8/12, some layers: P=8@3-9, a file: P=@counts.json)
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message} (see {self.prog} --help)")
        sys.exit(WRONG_USAGE)

    def _print_message(self, message: str, file: Any = None) -> None:
        # Help and version; argparse itself would drop a failure to write them.
        need_stdout()
        with writing_results():
            (file or sys.stdout).write(message)


class _Formatter(argparse.HelpFormatter):
    """Wraps paragraphs and leaves tables of lines as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


def build_parser(commands: Mapping[str, Command] | None = None) -> _Parser:
    """The parser of `commands`; of all there are if None."""
    if commands is None:
        commands = discovery.load_all()
    # Options are written out in full, so that `--json=` can be told from `--json`.
    parser = _Parser(
        prog="gtp",
        formatter_class=_Formatter,
        allow_abbrev=False,
        description="See and measure what token reduction does to Vision Transformers.",
        epilog=_examples([c.EXAMPLES[0] for c in commands.values()]) + "\n" + _METHODS,
    )
    parser.add_argument("--version", action="version", version=f"gtp {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in commands.items():
        sub = subparsers.add_parser(
            name,
            help=command.HELP,
            description=command.DESCRIPTION,
            epilog=_examples(command.EXAMPLES),
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        command.add_options(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code and never raises."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = given[0] if given and given[0] in discovery.names() else None
    code, message = _guarded(partial(_run, given, chosen))
    # What is still buffered is written now, while a failure can be told.
    flushed, complaint = _guarded(flush_results)
    message = message or complaint
    if message:
        prog = "gtp" if chosen is None else f"gtp {chosen}"
        hint = f" (see {prog} --help)" if code == WRONG_USAGE else ""
        complain(f"{prog}: {message}{hint}")
    return code or flushed


def _run(given: list[str], chosen: str | None) -> int:
    """Parse and do the work; only the module of the `chosen` command is loaded."""
    commands = None if chosen is None else {chosen: discovery.load(chosen)}
    try:
        options = build_parser(commands).parse_args(given)
    except SystemExit as finished:
        return finished.code if isinstance(finished.code, int) else WRONG_USAGE
    settle_json(options, is_assigned=any(a.startswith("--json=") for a in given))
    if hasattr(options, "methods"):
        settle_methods(options)
    code: int = options.run(options)
    return code


def _guarded(work: Callable[[], int | None]) -> tuple[int, str | None]:
    """The exit code of `work`, and what is to be said about it."""
    try:
        return work() or FINE, None
    except UsageError as error:
        return WRONG_USAGE, str(error)
    except WorkError as error:
        return FAILED, str(error)
    except BrokenPipeError:
        return FAILED, None  # the reader is gone, and so is whoever would care
    except KeyboardInterrupt:
        return interruption.CODE, interruption.LINE
    except Exception as error:
        if interruption.has_come():
            return interruption.CODE, interruption.LINE
        return FAILED, _unforeseen(error)


def _unforeseen(error: Exception) -> str:
    """Whatever nobody foresaw: one line here, the traceback in the log file."""
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


def _examples(examples: Sequence[tuple[str, str]]) -> str:
    width = max(len(line) for line, _ in examples)
    lines = [f"  {line.ljust(width)}  {meaning}" for line, meaning in examples]
    return "\n".join(["examples:", *lines, ""])
