"""``python -m gtp_core.engine.worker``: the engine process; started by the client."""

from gtp_core.engine.worker.server import main

if __name__ == "__main__":
    main()
