"""Messages come out as they went in; nothing else is taken for a message."""

from __future__ import annotations

import dataclasses
import io
import pickle
from typing import Any, get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtp_core.engine import messages, plain, protocol
from gtp_core.engine.messages import AskAttention, Greeting, Run, RunResult
from gtp_core.engine.plain import Unreadable
from gtp_core.engine.protocol import OtherVersion
from gtp_core.engine.wire import Frame, FrameReader, NotAMessage
from gtp_core.methods import METHODS, MethodBase
from tests.gtp_core.engine import samples


def sent(message: Any, ticket: int = 7, channel: str = "pane") -> Frame:
    """The frame of `message` after its journey."""
    data = protocol.to_bytes(message, ticket, channel)
    return FrameReader(io.BytesIO(data).read).frame()


def assert_same(one: Any, other: Any) -> None:
    """Records equal in all fields, arrays and their types included."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert not other.flags.writeable
        np.testing.assert_array_equal(one, other)
    elif dataclasses.is_dataclass(one) and not isinstance(one, MethodBase):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for mine, yours in zip(one, other, strict=True):
            assert_same(mine, yours)
    else:
        assert one == other


@pytest.mark.parametrize("request_", samples.REQUESTS, ids=lambda r: type(r).__name__)
def test_requests_come_out_as_they_went_in(request_: Any) -> None:
    frame = sent(request_)
    assert (frame.ticket, frame.channel) == (7, "pane")
    assert_same(request_, protocol.request_of(frame))


@pytest.mark.parametrize("event", samples.EVENTS, ids=lambda e: type(e).__name__)
def test_events_come_out_as_they_went_in(event: Any) -> None:
    assert_same(event, protocol.event_of(sent(event)))


def test_the_samples_above_are_all_there_is() -> None:
    made_by_the_client = {
        messages.EngineDied,
        messages.EngineSilent,
        messages.EngineHeard,
    }
    events = set(get_args(messages.Event)) - made_by_the_client
    assert set(protocol.EVENTS.values()) == events | {messages.Heartbeat}
    assert {type(event) for event in samples.EVENTS} == set(protocol.EVENTS.values())
    assert set(protocol.REQUESTS.values()) == set(get_args(messages.Request))
    assert {type(r) for r in samples.REQUESTS} == set(protocol.REQUESTS.values())


@pytest.mark.parametrize("name", METHODS)
def test_every_method_travels_as_its_text(name: str) -> None:
    method = METHODS[name]()
    run = Run(samples.SPEC, (method,), "content", samples.PIXELS)
    assert protocol.request_of(sent(run)).methods == (method,)


def test_numbers_of_numpy_and_arrays_in_any_order_travel() -> None:
    turned = samples.PIXELS.transpose(1, 0, 2)
    run = Run(samples.SPEC, (), "content", turned)
    np.testing.assert_array_equal(protocol.request_of(sent(run)).pixels, turned)
    sample = messages.MeasureSample(1, 0, 0, np.float64(0.5))
    assert protocol.event_of(sent(sample)) == sample


def test_what_is_not_plain_data_does_not_travel() -> None:
    with pytest.raises(TypeError, match="object does not travel"):
        protocol.to_bytes(messages.Cancel(object()))  # type: ignore[arg-type]
    objects = np.array([object()])
    with pytest.raises(ValueError, match="Arrays of object do not travel"):
        protocol.to_bytes(Run(samples.SPEC, (), "content", objects))


class TestRequestsThatCannotBeRead:
    def changed(self, **changes: Any) -> Frame:
        """The frame of a run in which some fields are something else."""
        run = msgspec.msgpack.decode(plain.encode(samples.REQUESTS[1]))
        return Frame("Run", msgspec.msgpack.encode(run | changes), 1, "pane")

    def test_an_unknown_kind_is_refused_by_name(self) -> None:
        with pytest.raises(Unreadable, match="does not know the request 'Sweep'"):
            protocol.request_of(Frame("Sweep"))
        with pytest.raises(Unreadable, match="does not know the request 'Done'"):
            protocol.request_of(sent(messages.Done(1, "")))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"content": 5}, "content"),
            ({"spec": {"device": "tpu"}}, "device is 'tpu'; allowed: auto, cpu"),
            ({"methods": ["gtp:Q=8"]}, "no parameter 'Q'"),
            ({"methods": ["nonsense"]}, "Unknown method 'nonsense'"),
            ({"methods": [5]}, "a method is not a text"),
            ({"methods": ["gtp:P=@/etc/passwd"]}, "a method names a file"),
            ({"methods": ["gtp:P = \t@/etc/passwd"]}, "a method names a file"),
            ({"pixels": ["u1", [2, 2], b"123"]}, "has 3 bytes"),
            ({"pixels": ["u1", [2, -2], b""]}, "no shape"),
            ({"pixels": ["u1", [True], b"1"]}, "no shape"),
            ({"pixels": ["u1", [1] * 5, b"1"]}, "no shape"),
            ({"pixels": ["u1", [2**62, 4], b""]}, "no shape"),
            ({"pixels": ["f4", [1], b"1234"]}, "is of 'f4' and not of uint8"),
            ({"pixels": ["O", [1], b"12345678"]}, "is of 'O' and not of uint8"),
            ({"pixels": [["u1"], [1], b"1"]}, "not of uint8"),
            ({"pixels": "pixels"}, "an array is not a list"),
            ({"pixels": None}, "an array is not a list"),
        ],
    )
    def test_the_reason_is_one_sentence(
        self, changes: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(Unreadable) as caught:
            protocol.request_of(self.changed(**changes))
        message = str(caught.value)
        assert message.startswith("The engine cannot read this request (Run: ")
        assert words in message
        assert "\n" not in message

    def test_a_pickle_is_never_opened(self) -> None:
        payload = pickle.dumps(samples.REQUESTS[0])
        with pytest.raises(Unreadable, match="cannot read this request"):
            protocol.request_of(Frame("LoadModel", payload))


class TestGreeting:
    def test_it_says_what_it_is_and_which_version(self) -> None:
        data = protocol.greeting(protocol.ENGINE)
        frame = FrameReader(io.BytesIO(data).read).frame()
        found = protocol.check_greeting(frame, protocol.ENGINE)
        assert (found.protocol, found.program) == (protocol.PROTOCOL, "gtp-engine")

    @pytest.mark.parametrize(
        ("frame", "words"),
        [
            (sent(messages.Done(1, "")), "its first message is not a greeting"),
            (Frame("Greeting", b"\xc1"), "its greeting cannot be read"),
            (sent(Greeting(1, "gtp-viewer", "1")), "it greets as 'gtp-viewer', not"),
        ],
    )
    def test_anything_else_is_no_engine(self, frame: Frame, words: str) -> None:
        with pytest.raises(NotAMessage, match=words):
            protocol.check_greeting(frame, protocol.ENGINE)

    def test_another_version_says_what_to_do(self) -> None:
        other = sent(Greeting(99, "gtp-engine", "9.1"))
        with pytest.raises(OtherVersion, match=r"9\.1 speaks version 99.*install the"):
            protocol.check_greeting(other, protocol.ENGINE)

    def test_a_later_version_may_say_more_in_its_greeting(self) -> None:
        more = {"protocol": 99, "program": "gtp-engine", "version": "9", "host": "x"}
        frame = Frame("Greeting", msgspec.msgpack.encode(more))
        with pytest.raises(OtherVersion):
            protocol.check_greeting(frame, protocol.ENGINE)


WHOLE = [
    *((protocol.request_of, Unreadable, sent(r)) for r in samples.REQUESTS),
    *((protocol.event_of, NotAMessage, sent(e)) for e in samples.EVENTS),
]


def read_or_refused(
    read: Any, refusal: type[Exception], payload: bytes, frame: Frame
) -> Any:
    """The message, or the refusal; any other error goes on."""
    try:
        return read(dataclasses.replace(frame, payload=payload))
    except refusal as error:
        return error


@settings(derandomize=True, deadline=None, max_examples=600)
@given(st.data())
def test_damaged_messages_are_read_or_refused_in_one_line(data: st.DataObject) -> None:
    read, refusal, frame = data.draw(st.sampled_from(WHOLE))
    payload = bytearray(frame.payload)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(0, len(payload) - 1)))
        payload[place : place + 1] = data.draw(st.binary(max_size=3))
    found = read_or_refused(read, refusal, bytes(payload), frame)
    assert type(found).__name__ == frame.kind or "\n" not in str(found)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.sampled_from(WHOLE), st.binary(max_size=60))
def test_any_payload_is_read_or_refused(whole: Any, payload: bytes) -> None:
    read, refusal, frame = whole
    found = read_or_refused(read, refusal, payload, frame)
    assert isinstance(found, refusal) or type(found).__name__ == frame.kind


def test_an_answer_is_checked_as_well_as_read() -> None:
    frame = sent(messages.MeasureSample(1, -1, 0, 0.1))
    with pytest.raises(NotAMessage, match="its MeasureSample cannot be read"):
        protocol.event_of(frame)
    assert isinstance(protocol.event_of(sent(samples.EVENTS[5])), RunResult)
    assert isinstance(protocol.request_of(sent(samples.REQUESTS[3])), AskAttention)
