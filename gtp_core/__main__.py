"""``gtp`` and ``python -m gtp_core``: the command, from its first import to its exit.

Loading takes longer than many a command, so an interruption is expected at any moment.
"""

import os
import sys
from typing import Any, NoReturn


def main() -> int:
    """Run the command with this process's arguments; returns its exit code."""
    sys.unraisablehook = _leave_if_interrupted
    try:
        from gtp_core.commands.shared import cli, streams

        streams.prepare()
        code = cli.main()
        _finish_undisturbed()
        return code
    except KeyboardInterrupt:
        _leave()


def _leave() -> NoReturn:
    """End this process at once and in silence but for one line."""
    try:
        os.write(2, b"gtp: interrupted.\n")
    finally:
        os._exit(130)


def _leave_if_interrupted(
    unraisable: "sys.UnraisableHookArgs", usual: Any = sys.__unraisablehook__
) -> None:
    # A callback of the import system cannot pass an interruption on to its caller.
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _leave()
    usual(unraisable)


def _finish_undisturbed() -> None:
    """Everything has been said: interrupting what remains would only add a traceback."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
