"""A bounded memory keeps what was used last."""

from __future__ import annotations

import pytest

from gtp_core.lru import Lru


def test_what_was_not_used_for_longest_leaves() -> None:
    memory: Lru[str, int] = Lru(2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert ("a" in memory, "b" in memory, "c" in memory) == (True, False, True)
    assert len(memory) == 2


def test_a_size_can_be_counted_instead() -> None:
    memory: Lru[str, bytes] = Lru(10, len)
    memory.put("a", b"12345")
    memory.put("b", b"1234")
    memory.put("c", b"12")
    assert list(memory) == ["b", "c"]


def test_the_last_value_stays_however_large_it_is() -> None:
    memory: Lru[str, bytes] = Lru(3, len)
    memory.put("a", b"1")
    memory.put("b", b"12345")
    assert list(memory) == ["b"]


def test_a_value_is_made_once() -> None:
    memory: Lru[str, int] = Lru(2)
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [memory.compute("a", make) for _ in range(3)] == [1, 1, 1]


def test_a_failure_is_not_kept() -> None:
    memory: Lru[str, int] = Lru(2)

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        memory.compute("a", fail)
    assert memory.get("a") is None
    assert memory.compute("a", lambda: 5) == 5


def test_it_can_forget() -> None:
    memory: Lru[str, int] = Lru(2)
    memory.put("a", 1)
    memory.pop("a")
    memory.pop("b")
    memory.put("c", 1)
    memory.clear()
    assert len(memory) == 0
