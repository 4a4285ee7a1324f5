"""Messages arrive whole, in order, and the end of a stream is noticed."""

from __future__ import annotations

import io

import numpy as np
import pytest

from gtp_core.engine import wire
from gtp_core.engine.messages import Measure, Run
from gtp_core.methods.gtp import GTP


def test_messages_arrive_in_order_as_they_were_sent() -> None:
    stream = io.BytesIO()
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    wire.send(stream, (1, Run("photo", pixels, (GTP(),))))
    wire.send(stream, (2, Measure((GTP(propagated=4),), batch=8)))
    stream.seek(0)
    ticket, run = wire.receive(stream)
    assert (ticket, run.image_key, run.methods) == (1, "photo", (GTP(),))
    np.testing.assert_array_equal(run.pixels, pixels)
    assert wire.receive(stream) == (2, Measure((GTP(propagated=4),), batch=8))
    with pytest.raises(EOFError):
        wire.receive(stream)


def test_a_message_cut_short_is_an_end_and_not_a_message() -> None:
    stream = io.BytesIO()
    wire.send(stream, "a whole message")
    for length in (3, len(stream.getvalue()) - 1):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(stream.getvalue()[:length]))
