"""The commands of ``gtp``, one module each.

A command has HELP, DESCRIPTION, `add_options(parser)` and `run(options)`, which returns
the exit code. Its module loads torch only inside `run`.
"""

from __future__ import annotations

from types import ModuleType

from gtp_core.commands import evaluate, flops, models, predict, profile, trace

COMMANDS: dict[str, ModuleType] = {
    "models": models,
    "predict": predict,
    "trace": trace,
    "flops": flops,
    "profile": profile,
    "evaluate": evaluate,
}
