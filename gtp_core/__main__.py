"""``python -m gtp_core`` is the ``gtp`` command."""

import sys

from gtp_core.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
