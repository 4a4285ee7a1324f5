"""What the engine answers goes into the store, under all that it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gtp_core.document.store import EngineState, Store, UnderWay
from gtp_core.document.subject import Subject
from gtp_core.document.wishes import (
    SURVEY,
    AttendFrom,
    FeaturesOf,
    FitPhoto,
    LoadNetwork,
    MeasureMethods,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
    Wish,
)
from gtp_core.drawing.overlays.contract import Attention
from gtp_core.engine import messages
from gtp_core.records.measurement import (
    COMPLETE,
    DIED,
    FAILED,
    STOPPED,
    Measurement,
)

_NO_ANSWER = "The engine ended this work without an answer; restart the engine."


class Answers:
    """Takes in events. A result is kept whenever it comes, since it says what it is of;
    an ending counts only for what is still waited for."""

    def __init__(self, store: Store, say: Callable[[str, str], None]) -> None:
        self.store, self._say = store, say

    def take(self, event: messages.Event) -> None:
        """Put one event where it belongs."""
        handle = self._handlers().get(type(event))
        if handle is not None:
            handle(event)

    def _handlers(self) -> dict[type, Callable[[Any], None]]:
        return {
            messages.Started: self._started,
            messages.Progress: self._progressed,
            messages.ModelReady: self._model_ready,
            messages.RunResult: self._ran,
            messages.MeasureStarted: self._measure_started,
            messages.MeasureSample: self._measured,
            messages.AttentionRows: self._attended,
            messages.FeaturesReady: self._compared,
            messages.Done: self._done,
            messages.Cancelled: self._cancelled,
            messages.Failed: self._failed,
            messages.EngineDied: self._died,
            messages.EngineSilent: self._fell_silent,
            messages.EngineHeard: self._heard,
        }

    def _started(self, _event: messages.Started) -> None:
        if self.store.engine.message is not None:
            self._say("info", "The engine works again.")
        self.store.engine = EngineState("ready")

    def _progressed(self, event: messages.Progress) -> None:
        found = self._work(event.ticket)
        if found is not None:
            channel, work = found
            self.store.under_way[channel] = UnderWay(work.wish, work.ticket, event.text)

    def _model_ready(self, event: messages.ModelReady) -> None:
        self.store.model_ready(event.spec, event.info)

    def _ran(self, event: messages.RunResult) -> None:
        subject = Subject(event.spec, event.outcome.method, event.edits)
        run = RunSubject(subject, event.content)
        found = self._work(event.ticket)
        is_survey = found is not None and found[0] == SURVEY
        self.store.run_done(run, event.outcome, is_kept=not is_survey)

    def _attended(self, event: messages.AttentionRows) -> None:
        subject = Subject(event.spec, event.method, event.edits)
        wish = AttendFrom(subject, event.content, event.layer, event.token)
        self.store.attention.put(wish, Attention(event.tokens, event.rows))

    def _compared(self, event: messages.FeaturesReady) -> None:
        subject = Subject(event.spec, event.method, event.edits)
        self.store.features.put(FeaturesOf(subject, event.content), event.features)

    def _measure_started(self, event: messages.MeasureStarted) -> None:
        found = self._work(event.ticket)
        if found is None or not isinstance(found[1].wish, MeasureMethods):
            return
        key = found[1].wish.key
        self.store.measurements.put(key, Measurement.begin(event))

    def _measured(self, event: messages.MeasureSample) -> None:
        found = self._work(event.ticket)
        if found is None or not isinstance(found[1].wish, MeasureMethods):
            return
        measurement = self.store.measurements.get(found[1].wish.key)
        if measurement is not None:
            measurement.add(event.method, event.round, event.seconds)

    def _done(self, event: messages.Done) -> None:
        work = self._end(event.ticket)
        if work is None:
            return
        if isinstance(work.wish, MeasureMethods):
            end_measurement(self.store, work.wish, COMPLETE)
        if not self._is_answered(work.wish):
            self.store.failures[work.wish] = _NO_ANSWER

    def _cancelled(self, event: messages.Cancelled) -> None:
        work = self._end(event.ticket)
        if work is not None and isinstance(work.wish, MeasureMethods):
            end_measurement(self.store, work.wish, STOPPED)

    def _failed(self, event: messages.Failed) -> None:
        work = self._end(event.ticket)
        if work is None:
            return
        self.store.failures[work.wish] = event.message
        if isinstance(work.wish, MeasureMethods):
            end_measurement(self.store, work.wish, FAILED)

    def _died(self, event: messages.EngineDied) -> None:
        self.store.engine_died(event.message)
        for channel, work in list(self.store.under_way.items()):
            if is_for_engine(work.wish):
                del self.store.under_way[channel]
                if isinstance(work.wish, MeasureMethods):
                    end_measurement(self.store, work.wish, DIED)
        condition = "restarting" if event.is_restarting else "stopped"
        self.store.engine = EngineState(condition, event.message)

    def _fell_silent(self, event: messages.EngineSilent) -> None:
        self.store.engine = EngineState("silent", event.message)

    def _heard(self, _event: messages.EngineHeard) -> None:
        if self.store.engine.condition == "silent":
            self.store.engine = EngineState("ready")

    def _work(self, ticket: int) -> tuple[str, UnderWay] | None:
        """The channel and the work that a ticket belongs to, if it is waited for."""
        for channel, work in self.store.under_way.items():
            if work.ticket == ticket and is_for_engine(work.wish):
                return channel, work
        return None

    def _end(self, ticket: int) -> UnderWay | None:
        found = self._work(ticket)
        if found is None:
            return None
        del self.store.under_way[found[0]]
        return found[1]

    def _is_answered(self, wish: Wish) -> bool:
        store = self.store
        if isinstance(wish, LoadNetwork):
            return wish.model in store.models
        if isinstance(wish, RunSubject):
            is_answered = wish.content in store.answers.of(wish.subject)
            is_refused = wish.subject in store.refused
            return wish in store.outcomes or is_answered or is_refused
        if isinstance(wish, AttendFrom):
            return wish in store.attention
        if isinstance(wish, FeaturesOf):
            return wish in store.features
        return isinstance(wish, MeasureMethods) and wish.key in store.measurements


def end_measurement(store: Store, wish: MeasureMethods, state: str) -> None:
    """The measurement of `wish`, if it has begun, gets no more samples."""
    measurement = store.measurements.get(wish.key)
    if measurement is not None and not measurement.has_ended:
        measurement.end(state)


def is_for_engine(wish: Wish) -> bool:
    """Whether it is the engine that fulfils `wish`."""
    return not isinstance(wish, ReadPhoto | PreparePhoto | FitPhoto)
