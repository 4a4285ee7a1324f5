"""Names and looks of the methods of a measurement, floors included."""

from __future__ import annotations

from collections.abc import Sequence

from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.drawing.looks import FLOOR_DASH, Look, look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods import MethodBase
from gtp_core.methods.families import INK
from gtp_core.methods.floor import Floor
from gtp_core.methods.labels import labels
from gtp_core.records.macs import MacCount
from gtp_core.records.measurement import Measurement
from gtp_viewer.panels.latency_table import Timed

_ALONE = "Timed only beside its own network."


def timed_methods(measurement: Measurement, view: View) -> tuple[Timed, ...]:
    """What stands for each method of `measurement`, in its order.

    A method of the document keeps its name and look. One that was changed since keeps
    the look of its entry. A floor is named after the methods that it stands by.
    """
    is_current = measurement is view.measurement
    common = [one for one in view.entries if view.is_common(one.entry)]
    entries = _matched(measurement.methods, common)
    names = labels(measurement.methods)
    found: list[Timed] = []
    for method, name, entry in zip(measurement.methods, names, entries, strict=True):
        if entry is None:
            found.append(Timed(MethodTag(method, name, look(method.family, 0))))
            continue
        label = entry.tag.label if is_current else name
        ratio = _ratio(entry, view) if is_current else None
        tag = MethodTag(method, label, entry.tag.look)
        found.append(Timed(tag, ratio, isinstance(method, Floor)))
    return tuple(
        _floor(timed.tag, found, entries, view)
        if entry is None and isinstance(timed.tag.method, Floor)
        else timed
        for timed, entry in zip(found, entries, strict=True)
    )


def left_out(view: View) -> tuple[Timed, ...]:
    """The entries that are not measured, since their network is not the document's."""
    others = (one for one in view.entries if not view.is_common(one.entry))
    return tuple(Timed(one.tag, why_not=_ALONE) for one in others)


def _matched(
    methods: Sequence[MethodBase], entries: Sequence[EntryView]
) -> list[EntryView | None]:
    """The entry of each method: one with just this method, or else of its kind."""
    left = list(entries)
    found: list[EntryView | None] = [None] * len(methods)
    for is_fit in (_is_same, _is_kind):
        for place, method in enumerate(methods):
            fitting = [entry for entry in left if is_fit(entry, method)]
            if found[place] is None and fitting:
                found[place] = fitting[0]
                left.remove(fitting[0])
    return found


def _is_same(entry: EntryView, method: MethodBase) -> bool:
    return entry.entry.method == method


def _is_kind(entry: EntryView, method: MethodBase) -> bool:
    is_floor = isinstance(method, Floor)
    return type(entry.entry.method) is type(method) and not is_floor


def _macs(entry: EntryView) -> MacCount | None:
    return None if entry.outcome is None else entry.outcome.macs


def _ratio(entry: EntryView, view: View) -> float | None:
    """MACs over the unpruned network's; None while one of them is not known."""
    ours = _macs(entry)
    theirs = None if view.reference is None else _macs(view.reference)
    if ours is None or theirs is None or not theirs.total:
        return None
    return ours.total / theirs.total


def _floor(
    tag: MethodTag,
    timed: Sequence[Timed],
    entries: Sequence[EntryView | None],
    view: View,
) -> Timed:
    """A floor, named after the methods that leave as many tokens."""
    depth = 12 if view.info is None else view.info.depth
    counts = _requested(tag.method, depth)
    owners = [
        other.tag
        for other, entry in zip(timed, entries, strict=True)
        if not isinstance(other.tag.method, Floor)
        and any(counts)
        and _fewer(other.tag.method, entry, depth) == counts
    ]
    if not owners:
        return Timed(tag, is_floor=True)
    color = owners[0].look.color if len(owners) == 1 else INK
    label = "floor of " + ", ".join(owner.label for owner in owners)
    return Timed(MethodTag(tag.method, label, Look(color, FLOOR_DASH)), is_floor=True)


def _fewer(method: MethodBase, entry: EntryView | None, depth: int) -> tuple[int, ...]:
    """By how many tokens each layer makes the image smaller."""
    count = None if entry is None or entry.entry.method != method else _macs(entry)
    if count is None:
        return _requested(method, depth)
    return tuple(layer.tokens_in - layer.tokens_out for layer in count.layers)


def _requested(method: MethodBase, depth: int) -> tuple[int, ...]:
    try:
        return method.requested(depth)
    except ValueError:  # a schedule for another network
        return ()
