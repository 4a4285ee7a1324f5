"""Short names that tell the methods of one comparison apart."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from gtp_core.methods.base import MethodBase


def labels(methods: Sequence[MethodBase]) -> tuple[str, ...]:
    """One short name for each of `methods`, all of them different.

    A method that is alone of its kind shows its main parameter: "GTP P=8". Several of
    one kind show what differs between them: "GTP α=0.01", "GTP α=1", "GTP spatial".
    Of equal methods the second is followed by "(2)".
    """
    return numbered(_name(method, methods) for method in methods)


def text_forms(methods: Sequence[MethodBase]) -> tuple[str, ...]:
    """The text form of each of `methods`, all of them different.

    Of equal methods the second is followed by "(2)": a method that is measured against
    itself shows how far chance alone goes.
    """
    return numbered(map(str, methods))


def numbered(names: Iterable[str]) -> tuple[str, ...]:
    """`names`, of which equal ones are followed by "(2)", "(3)" and so on."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(numbered)


def _name(method: MethodBase, methods: Sequence[MethodBase]) -> str:
    kind = [other for other in methods if type(other) is type(method)]
    differing = [
        field
        for field in dataclasses.fields(method)  # type: ignore[arg-type]
        if len({getattr(other, field.name) for other in kind}) > 1
    ]
    if not differing:
        return method.label
    # What has its usual value goes without saying, unless nothing would be left.
    unusual = [f for f in differing if getattr(method, f.name) != f.default]
    shown = (method.shown(field.name) for field in unusual or differing)
    return " ".join((method.title, *shown))
