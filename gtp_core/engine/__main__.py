"""``python -m gtp_core.engine``: the engine process; started by the client."""

from gtp_core.engine.server import main

if __name__ == "__main__":
    main()
