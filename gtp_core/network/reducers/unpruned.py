"""The network as it is."""

from __future__ import annotations

from gtp_core.methods.unpruned import Unpruned
from gtp_core.network.recording import TraceRecorder
from gtp_core.network.reducing.base import Reducer, Setting, implements


@implements(Unpruned)
class UnprunedReducer(Reducer[Unpruned]):
    """Removes nothing. Attention "eager" holds the whole map in every layer."""

    def __init__(
        self, config: Unpruned, setting: Setting, recorder: TraceRecorder | None
    ) -> None:
        super().__init__(config, setting, recorder)
        self.always_explicit = config.attention == "eager"
