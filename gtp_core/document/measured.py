"""What is measured of a document."""

from __future__ import annotations

from gtp_core.document.document import Document
from gtp_core.document.store import Store
from gtp_core.document.subject import Subject
from gtp_core.document.wishes import MeasureKey
from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned


def measure_key(document: Document, store: Store) -> MeasureKey:
    """What is measured: the unpruned network first, then all that can be run on it.

    Entries with a network of their own are left out: times are compared with those of
    the same network.
    """
    baseline: MethodBase | None = None
    rest: list[MethodBase] = []
    for entry in document.entries:
        method = entry.method
        if document.model_of(entry) != document.model:
            continue
        if isinstance(method, Unpruned) and baseline is None:
            baseline = method
        elif Subject(document.model, method) not in store.refused:
            rest.append(method)
    plan = document.plan
    methods = (baseline or Unpruned(), *rest)
    return MeasureKey(document.model, methods, plan.batch, plan.runtime)
