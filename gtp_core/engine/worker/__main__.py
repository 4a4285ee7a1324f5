"""``python -m gtp_core.engine.worker``: the engine process; started by the client."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gtp_core.engine.worker import server
from gtp_core.methods import plugins


def main() -> None:
    """Load the plug-ins of ``--plugin``, then serve."""
    parser = argparse.ArgumentParser("gtp-engine", description=__doc__)
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a Python file with a method of your own; repeat it for several files",
    )
    try:
        plugins.load_all(parser.parse_args().plugin)
    except plugins.PluginError as error:
        print(f"gtp-engine: {error}", file=sys.stderr)
        sys.exit(2)
    server.main()


if __name__ == "__main__":
    main()
