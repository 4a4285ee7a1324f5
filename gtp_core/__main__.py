"""``gtp`` and ``python -m gtp_core``: the command, from its first import to its exit.

Loading takes longer than many a command, so it may be interrupted at any moment. This
file imports nothing at its top: what comes before `main` cannot be guarded.
"""


def main() -> int:
    """Run the command with this process's arguments; returns its exit code."""
    try:
        from gtp_core.commands.shared import interruption
    except KeyboardInterrupt:
        return 130  # the words to say so are not loaded yet
    try:
        interruption.watch()
        from gtp_core.commands.shared import cli, streams
        from gtp_core.files import leave_removed_folder

        streams.prepare()
        leave_removed_folder()
        code = cli.main()
        interruption.ignore()
        return code
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) or interruption.has_come():
            interruption.leave()
        raise


if __name__ == "__main__":
    raise SystemExit(main())
