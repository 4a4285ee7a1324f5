"""Frames on a pair of byte streams.

A frame is a header and up to three pieces: the kind of its message, the channel that it
belongs to, and a payload. The header holds magic bytes, the lengths and the ticket, so
that a message that cannot be read can still be answered. Nothing is assumed of the
streams but order: they may be pipes of a child process or of a remote shell. What a
library or a shell prints before the first frame is skipped; anything else that is not a
frame ends the connection.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

MAGIC = b"\xf9GTP"
"""Begins each frame; no text has such a byte followed by letters."""
MOST_BANNER = 64 * 1024
"""Bytes that may come before the first frame."""
MOST_PAYLOAD = 256 * 1024 * 1024
MOST_NAME = 1000
"""Bytes of a kind or a channel."""
CHUNK = 64 * 1024
"""Bytes written or read at once."""

_HEADER = struct.Struct("<4sQHHI")
_SHOWN = 40


class NotAMessage(Exception):  # noqa: N818  (it is said, not only raised)
    """What came is not a frame; the sentence shows its first bytes."""


class StreamEnded(EOFError):  # noqa: N818  (it ends a loop)
    """The other end is gone. The text is empty if it went between two frames."""


@dataclass(frozen=True)
class Frame:
    """One message as bytes. `ticket` is 0 where there is none."""

    kind: str
    payload: bytes = b""
    ticket: int = 0
    channel: str = ""

    def to_bytes(self) -> bytes:
        """The frame as it is written. Raises ValueError if it is too large."""
        kind, channel = self.kind.encode(), self.channel.encode()
        if max(len(kind), len(channel)) > MOST_NAME:
            raise ValueError(f"A name is longer than {MOST_NAME} bytes.")
        if len(self.payload) > MOST_PAYLOAD:
            size, most = len(self.payload) // 10**6, MOST_PAYLOAD // 10**6
            raise ValueError(
                f"{self.kind} takes {size} MB; the engine takes {most} MB at once: "
                "give fewer or smaller photos."
            )
        lengths = len(kind), len(channel), len(self.payload)
        header = _HEADER.pack(MAGIC, self.ticket, *lengths)
        return b"".join((header, kind, channel, self.payload))


class FrameReader:
    """Reads frames from `read(most)`, which waits and returns b"" at the end."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._buffer = bytearray()

    def skip_banner(self) -> bytes:
        """Drop what comes before the first frame, and return it.

        Raises NotAMessage if MOST_BANNER bytes hold no beginning of a frame.
        """
        searched = 0
        while (start := self._buffer.find(MAGIC, searched)) < 0:
            searched = max(0, len(self._buffer) - len(MAGIC) + 1)
            if searched > MOST_BANNER:
                raise NotAMessage(f"it said {shown(bytes(self._buffer))}")
            if not self._more(CHUNK):
                raise StreamEnded(_said(bytes(self._buffer)))
        banner = bytes(self._buffer[:start])
        del self._buffer[:start]
        return banner

    def frame(self) -> Frame:
        """The next frame; waits for it.

        Raises StreamEnded when the other end is gone, and NotAMessage for bytes that
        are no frame.
        """
        self._check_magic()
        header = self._exactly(_HEADER.size)
        _, ticket, kind, channel, payload = _HEADER.unpack(header)
        if max(kind, channel) > MOST_NAME or payload > MOST_PAYLOAD:
            raise NotAMessage(f"a length is out of bounds in {shown(header)}")
        try:
            kind_text = self._exactly(kind).decode()
            channel_text = self._exactly(channel).decode()
        except UnicodeDecodeError as error:
            raise NotAMessage(f"a name is not text: {shown(error.object)}") from None
        return Frame(kind_text, self._exactly(payload), ticket, channel_text)

    def _check_magic(self) -> None:
        """As soon as one byte differs: the rest of a frame may never come."""
        while True:
            start = bytes(self._buffer[: len(MAGIC)])
            if not MAGIC.startswith(start):
                raise NotAMessage(f"it said {shown(bytes(self._buffer[: 2 * _SHOWN]))}")
            if len(start) == len(MAGIC):
                return
            if not self._more(CHUNK):
                raise StreamEnded("in the middle of a message" if start else "")

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            # No room is made ahead: a length alone takes no memory.
            if not self._more(max(CHUNK, min(length - len(self._buffer), 1 << 20))):
                raise StreamEnded("in the middle of a message")
        data = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        return data

    def _more(self, most: int) -> bool:
        data = self._read(most)
        self._buffer += data
        return bool(data)


def shown(data: bytes) -> str:
    """The first bytes of `data` in quotes, what cannot be printed escaped."""
    text = "".join(
        chr(byte) if 32 <= byte < 127 and byte != ord("\\") else f"\\x{byte:02x}"
        for byte in data[:_SHOWN]
    ).replace("\\x0a", "\\n")
    return f"'{text}{'…' if len(data) > _SHOWN else ''}'"


def _said(banner: bytes) -> str:
    return f"it said {shown(banner)}" if banner.strip() else "it said nothing"
