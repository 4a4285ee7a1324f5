"""Large blocks of memory come from the system, also after the first was given back."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

PROBE = """
import ctypes, sys
from gtp_viewer.allocation import take_large_blocks_from_the_system

class Info(ctypes.Structure):
    _fields_ = [(n, ctypes.c_size_t) for n in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks "
                "keepcost".split()]

c = ctypes.CDLL(None)
c.mallinfo2.restype = Info
c.malloc.restype = ctypes.c_void_p
c.free.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "yes":
    take_large_blocks_from_the_system()
c.free(c.malloc(16 << 20))  # from this glibc learns
before = c.mallinfo2().hblks
block = c.malloc(16 << 20)
print(c.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="about glibc")
def test_a_large_block_is_one_of_its_own() -> None:
    if not hasattr(ctypes.CDLL(None), "mallinfo2"):
        pytest.skip("this C library cannot be asked")
    assert blocks_of_their_own("no") == 0  # what it would be like otherwise
    assert blocks_of_their_own("yes") == 1


def blocks_of_their_own(wanted: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, wanted],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)
