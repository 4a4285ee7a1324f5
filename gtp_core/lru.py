"""A memory that is bounded: what was used last stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Lru(Generic[Key, Value]):
    """Keeps values of at most `most` in size; the value used last always stays.

    `size` says how much a value counts; each counts 1 unless told otherwise.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._most = most
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[Key]:
        """The keys, those used last at the end."""
        return iter(list(self._values))

    def get(self, key: Key) -> Value | None:
        """The value of `key`, which counts as used now; None if there is none."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep `value`; what was not used for the longest time makes room."""
        self._values.pop(key, None)
        self._values[key] = value
        while len(self._values) > 1 and self._total() > self._most:
            self._values.popitem(last=False)

    def compute(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of `key`, made if it is not there; a failure is not kept."""
        if key not in self._values:
            self.put(key, make())
        self._values.move_to_end(key)
        return self._values[key]

    def pop(self, key: Key) -> None:
        """Forget `key`, if it is there."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()

    def _total(self) -> int:
        return sum(self._size(value) for value in self._values.values())
