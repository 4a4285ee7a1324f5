"""Which parameters of a method have no effect, and why."""

from __future__ import annotations

from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GTP
from gtp_core.methods.schedule import LayerRange, Schedule
from gtp_core.methods.tome import ToMe

_NEVER_IDLE = ("theta", "attention")


def removes_nothing(schedule: Schedule) -> bool:
    """Whether a schedule is zero in every layer."""
    if isinstance(schedule, LayerRange):
        return schedule.count == 0
    counts = (schedule,) if isinstance(schedule, int) else schedule
    return not any(counts)


def no_effect(method: MethodBase, field: str) -> str | None:
    """Why `field` changes nothing about `method` as it is; None if it does."""
    if field == method.schedule_field:
        return None
    if method.schedule_field is not None and field not in _NEVER_IDLE:
        schedule: Schedule = getattr(method, method.schedule_field)
        if removes_nothing(schedule):
            key = method.parameters()[method.schedule_field].label
            return f"only while {key} is above 0"
    if isinstance(method, GTP):
        return _gtp(method, field)
    if isinstance(method, ToMe) and field == "inflection":
        return _inflection(method)
    return None


def _gtp(method: GTP, field: str) -> str | None:
    spreads = method.propagation == "graph"
    if field in ("alpha", "graph", "neighbours", "token_scale") and not spreads:
        # A mean token has the mean of scales that are all 1: nothing ever differs.
        return "only with graph propagation"
    if field == "neighbours" and method.graph == "spatial":
        return "only with semantic edges"
    if field == "token_scale" and method.alpha == 0:
        return "only while α is above 0"
    return None


def _inflection(method: ToMe) -> str | None:
    # Where one is set all the same, the field stays usable: it is how to get rid of it.
    if isinstance(method.merged, int) or method.inflection:
        return None
    return "only with one r for all layers"
