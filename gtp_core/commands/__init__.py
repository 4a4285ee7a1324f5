"""The commands of ``gtp``: each file of this folder is one, found by its name.

A command's file has
    HELP            what it is for, in a few words
    DESCRIPTION     what it does, for its own ``--help``
    EXAMPLES        pairs of a command line and what it shows
    ORDER           its place in the list of commands, a number
    add_options(parser)
    run(options)    does the work and returns the exit code

What several commands need is in ``shared/``.
"""
