"""An engine for windows that answers from records, with real tickets and channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from gtp_core.engine import messages
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from tests.gtp_viewer import records

Answer = Callable[[messages.Run], Outcome]


class RecordBridge(QObject):
    """What `EngineBridge` is to a desk. Nothing is answered unless `is_answering`."""

    events = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.info = records.INFO
        self.others: dict[str, ModelInfo] = {"coarse": records.COARSE_INFO}
        """What networks of other names are like; all the rest are as `info`."""
        self.is_answering = True
        self.open: dict[int, tuple[str, Any]] = {}
        self.sent: list[tuple[int, str, Any]] = []
        self.restarts = 0
        self.is_closed = False
        self.answer: Answer = _answer

    def start(self) -> None:
        self.events.emit([messages.Started(records.ENVIRONMENT, ())])

    def send(self, request: Any, channel: str) -> int:
        self.cancel(channel)
        ticket = len(self.sent) + 1
        self.sent.append((ticket, channel, request))
        self.open[ticket] = (channel, request)
        return ticket

    def cancel(self, channel: str) -> None:
        for ticket, (other, _) in list(self.open.items()):
            if other == channel:
                del self.open[ticket]

    def restart(self) -> None:
        self.restarts += 1

    def close(self) -> None:
        self.is_closed = True

    # -- answers ------------------------------------------------------------------

    def answer_all(self) -> None:
        """Answer everything that is open but measurements, until nothing is."""
        while True:
            ready = [
                ticket
                for ticket, (_, request) in self.open.items()
                if not isinstance(request, messages.Measure)
            ]
            if not ready:
                return
            for ticket in ready:
                if ticket in self.open:
                    self.finish(ticket)

    def finish(self, ticket: int) -> None:
        """The events of one request."""
        channel, request = self.open.pop(ticket)
        events: list[Any] = []
        if isinstance(request, messages.LoadModel):
            info = self.others.get(request.spec.name, self.info)
            events.append(messages.ModelReady(ticket, request.spec, info))
        elif isinstance(request, messages.Run):
            outcome = self.answer(request)
            events.append(
                messages.RunResult(
                    ticket, request.spec, request.content, outcome, request.edits
                )
            )
        elif isinstance(request, messages.AskFeatures):
            events.append(
                messages.FeaturesReady(
                    ticket,
                    request.spec,
                    request.content,
                    request.method,
                    records.features(request.method),
                    request.edits,
                )
            )
        self.events.emit([*events, messages.Done(ticket, channel)])

    def fail(self, channel: str, sentence: str) -> None:
        """The request of a channel cannot be carried out."""
        ticket = self.ticket(channel)
        del self.open[ticket]
        self.events.emit([messages.Failed(ticket, channel, sentence)])

    def ticket(self, channel: str) -> int:
        """The open request of a channel; raises StopIteration if there is none."""
        return next(t for t, (other, _) in self.open.items() if other == channel)

    def die(self, sentence: str, is_restarting: bool = True) -> None:
        """The engine ends unasked."""
        self.open.clear()
        self.events.emit([messages.EngineDied(sentence, is_restarting)])


def _answer(run: messages.Run) -> Outcome:
    if run.spec.name == "coarse":
        return records.coarse_outcome(run.methods[0])
    return records.outcome(run.methods[0])
