"""The latest values are kept, the others computed again."""

from __future__ import annotations

import pytest

from gtp_core.engine.worker.cache import Latest


def test_a_value_is_computed_once() -> None:
    computed: list[str] = []
    cache: Latest[str, str] = Latest(2)
    for _ in range(2):
        assert cache.get("a", lambda: computed.append("a") or "value") == "value"
    assert computed == ["a"]


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    cache: Latest[str, str] = Latest(2)
    for key in ("a", "b", "a", "c"):
        cache.get(key, key.upper)
    assert "a" in cache
    assert "b" not in cache
    assert len(cache) == 2
    cache.clear()
    assert len(cache) == 0


def test_a_failure_is_not_remembered() -> None:
    cache: Latest[str, float] = Latest(2)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    assert cache.get("a", lambda: 2.0) == 2.0
