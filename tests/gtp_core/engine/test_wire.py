"""Frames arrive whole and in order; what is not a frame is told from them at once."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtp_core.engine import wire
from gtp_core.engine.wire import MAGIC, Frame, FrameReader, NotAMessage, StreamEnded

FRAMES = [
    Frame("Run", b"pixels" * 1000, 7, "pane 2"),
    Frame("Done", ticket=2**64 - 1),
    Frame("Übung", b"\x00", 1, "läuft"),
]
BYTES = b"".join(frame.to_bytes() for frame in FRAMES)


def reader(data: bytes, at_once: int = 1 << 20) -> FrameReader:
    """A stream that gives at most so many bytes at once, as pipes do."""
    stream = io.BytesIO(data)
    return FrameReader(lambda most: stream.read(min(most, at_once)))


def read_all(source: FrameReader) -> tuple[list[Frame], Exception]:
    frames: list[Frame] = []
    try:
        while True:
            frames.append(source.frame())
    except (StreamEnded, NotAMessage) as ending:
        return frames, ending


@pytest.mark.parametrize("at_once", [1, 3, 1 << 20])
def test_frames_arrive_in_order_as_they_were_sent(at_once: int) -> None:
    frames, ending = read_all(reader(BYTES, at_once))
    assert frames == FRAMES
    assert isinstance(ending, StreamEnded)
    assert str(ending) == ""


@pytest.mark.parametrize("length", [1, 10, len(BYTES) - 1])
def test_a_frame_cut_short_is_an_end_and_not_a_message(length: int) -> None:
    frames, ending = read_all(reader(BYTES[:length]))
    assert len(frames) < len(FRAMES)
    assert isinstance(ending, StreamEnded)
    assert "in the middle" in str(ending)


@pytest.mark.parametrize(
    "banner",
    [b"", b"hello\n", b"\xf9GT", b"Welcome to board\r\n" * 2000, b"\xf9" * 9],
    ids=["none", "line", "half magic", "long", "first byte"],
)
@pytest.mark.parametrize("at_once", [1, 1 << 20])
def test_what_is_said_before_the_first_frame_is_skipped(
    banner: bytes, at_once: int
) -> None:
    source = reader(banner + BYTES, at_once)
    assert source.skip_banner() == banner
    assert read_all(source)[0] == FRAMES


def test_too_much_before_the_first_frame_is_not_a_banner() -> None:
    source = reader(b"y\n" * wire.MOST_BANNER + BYTES)
    with pytest.raises(NotAMessage, match=r"it said 'y\\ny\\n"):
        source.skip_banner()


def test_a_stream_that_ends_in_its_banner_shows_it() -> None:
    with pytest.raises(StreamEnded, match="it said 'no such host'"):
        reader(b"no such host").skip_banner()
    with pytest.raises(StreamEnded, match="it said nothing"):
        reader(b"\n").skip_banner()


def test_garbage_after_a_frame_is_told_at_once_and_shown() -> None:
    """Not only when as many bytes have come as a header has."""
    waiting = iter([BYTES, b"hi\x1b\n"])
    source = FrameReader(lambda _most: next(waiting))  # would fail if asked again
    for frame in FRAMES:
        assert source.frame() == frame
    with pytest.raises(NotAMessage, match=r"it said 'hi\\x1b\\n'"):
        source.frame()


@pytest.mark.parametrize(
    "lengths", [(1, 1, 2**32 - 1), (5000, 1, 1), (1, 5000, 1)], ids=str
)
def test_a_length_out_of_bounds_is_no_message_and_takes_no_memory(
    lengths: tuple[int, int, int],
) -> None:
    header = struct.pack("<4sQHHI", MAGIC, 1, *lengths)
    with pytest.raises(NotAMessage, match="a length is out of bounds"):
        reader(header + bytes(100)).frame()


def test_a_large_length_takes_no_memory_before_the_bytes_have_come() -> None:
    asked: list[int] = []
    header = struct.pack("<4sQHHI", MAGIC, 1, 0, 0, wire.MOST_PAYLOAD)
    pieces = [header, b""]

    def read(most: int) -> bytes:
        asked.append(most)
        return pieces.pop(0)

    with pytest.raises(StreamEnded):
        FrameReader(read).frame()
    assert max(asked) <= 1 << 20


def test_names_that_are_not_text_are_no_message() -> None:
    header = struct.pack("<4sQHHI", MAGIC, 1, 2, 0, 0)
    with pytest.raises(NotAMessage, match="a name is not text"):
        reader(header + b"\xff\xfe").frame()


def test_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_PAYLOAD", 1_000_000)
    with pytest.raises(ValueError, match="Run takes 2 MB; the engine takes 1 MB"):
        Frame("Run", bytes(2_000_000)).to_bytes()
    with pytest.raises(ValueError, match="A name is longer"):
        Frame("Run", channel="c" * 2000).to_bytes()


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_end_in_one_of_two_ways(data: bytes, at_once: int) -> None:
    for stream in (data, MAGIC + data, BYTES + data):
        _, ending = read_all(reader(stream, at_once))
        assert "\n" not in str(ending)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_stream_ends_in_one_of_two_ways(data: st.DataObject) -> None:
    damaged = bytearray(BYTES)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    source = reader(bytes(damaged))
    try:
        source.skip_banner()
    except (StreamEnded, NotAMessage):
        return
    read_all(source)
