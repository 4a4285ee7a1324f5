"""Ctrl+C at any moment: one line on standard error, exit code 130, no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from gtp_core.assets import asset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")

CAT = str(asset("photos/cat.jpg"))

# As the installed script does, with an interruption at the import that is named, or at
# the import of this number.
WHILE_IMPORTING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from gtp_core.__main__ import main
moment = sys.argv.pop(1)

class Interrupt:
    count = 0
    def find_spec(self, name, path=None, target=None):
        self.count += 1
        if moment in (name, str(self.count)):
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.exit(main())
"""


def interrupted(moment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WHILE_IMPORTING, moment, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("number", range(1, 200, 23))
def test_during_the_first_imports(number: int) -> None:
    done = interrupted(str(number), "models")
    assert done.returncode == 130, done.stderr
    assert done.stdout == ""
    # the first import is that of what could say so
    lines = ("gtp: interrupted.\n", "gtp models: interrupted.\n")
    assert done.stderr in lines if number > 1 else done.stderr == ""


@pytest.mark.parametrize(
    "module",
    [
        "gtp_core.commands.shared.cli",
        "argparse",
        "gtp_core.commands.predict",
        "numpy",
        "torch",
        "torch.nn.functional",
        "timm.models",
        "gtp_core.measuring.model",
    ],
)
def test_while_a_module_is_loaded(module: str) -> None:
    done = interrupted(module, "predict", CAT)
    assert done.returncode == 130, done.stderr
    assert done.stderr in ("gtp: interrupted.\n", "gtp predict: interrupted.\n")


def test_before_the_first_imports_there_is_nothing_to_interrupt() -> None:
    """What is loaded first is nothing but the file and the package it lies in."""
    code = (
        "import os, sys; before = set(sys.modules); import gtp_core.__main__; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["gtp_core", "gtp_core.__main__"]


IN_A_CALLBACK = """
import signal, sys, weakref
signal.signal(signal.SIGINT, signal.default_int_handler)
from gtp_core.commands.shared import interruption

class Thing:
    pass

interruption.watch()
thing = Thing()
reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
del thing
print("went on")
"""


def test_inside_a_callback_that_cannot_pass_it_on() -> None:
    command = [sys.executable, "-c", IN_A_CALLBACK]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "gtp: interrupted.\n")
    assert done.stdout == ""


AT_EXIT = """
import atexit, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from gtp_core.__main__ import main
atexit.register(signal.raise_signal, signal.SIGINT)
sys.exit(main())
"""


def test_after_the_work_it_changes_nothing() -> None:
    command = [sys.executable, "-c", AT_EXIT, "models"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "deit_small_patch16_224" in done.stdout


LONG_WORK = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from gtp_core.__main__ import main
sys.exit(main())
"""


def test_during_long_work() -> None:
    # the two never get a verdict: it goes on until it is interrupted
    same = ["--method", "gtp:P=100", "--method", "gtp:P=100", "--rounds", "1000000"]
    with subprocess.Popen(
        [sys.executable, "-c", LONG_WORK, "profile", *same],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    ) as process:
        assert process.stderr is not None
        try:
            assert "asks for 1200 tokens" in process.stderr.readline()  # work began
            process.stderr.readline()  # the same of the other
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (130, "", "gtp profile: interrupted.\n")
