"""Decoding stays within the memory of an ordinary laptop, whatever the file."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from gtp_core.photos.decoding import MOST_PIXELS
from gtp_core.photos.errors import ImageError
from gtp_core.photos.photo import decode

resource = pytest.importorskip("resource")

PEAK = """
import resource, sys
from pathlib import Path
from gtp_core.photos.photo import decode

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = peak()
photo = decode(Path(sys.argv[1]))
print(photo.width, photo.height, peak() - before)
"""


def decoded_in_a_process(path: Path) -> tuple[int, int, float]:
    """(width, height, megabytes at most) of decoding a file in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    width, height, peak = map(int, done.stdout.split())
    unit = 1 if sys.platform == "darwin" else 1024
    return width, height, peak * unit / 1e6


def webp_bomb(width: int, height: int) -> bytes:
    """A lossless WebP of one colour: no more than some bytes."""
    # 14 bits for each side, no alpha, version 0; then no transforms, no cache, no
    # meta codes, and five codes of a single symbol each
    bits = (width - 1) | (height - 1) << 14
    codes = [0b0, 0b0, 0b0]
    position = 32
    for code in codes:
        bits |= code << position
        position += 1
    for _ in range(5):
        bits |= 0b0001 << position  # simple code, one symbol, of one bit: 0
        position += 4
    body = b"\x2f" + bits.to_bytes(12, "little")
    body += b"\0" * (len(body) % 2)
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of one colour; 16 bits a channel and transparent, the largest there is."""
    packer = zlib.compressobj(1)
    row = bytes(1 + 8 * width)
    rows = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    )


def test_a_webp_of_some_bytes_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.webp"
    path.write_bytes(webp_bomb(8192, MOST_PIXELS // 8192))
    assert path.stat().st_size < 50
    width, height, peak = decoded_in_a_process(path)
    assert width * height > 0.99 * MOST_PIXELS
    assert peak < 1000
    path.write_bytes(webp_bomb(16384, 12288))  # 200 million pixels
    with pytest.raises(ImageError, match="more than 50 million; use a smaller"):
        decode(path)


def test_a_png_of_some_bytes_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_bomb(8192, MOST_PIXELS // 8192))
    assert path.stat().st_size < 2_000_000
    width, height, peak = decoded_in_a_process(path)
    assert width * height > 0.99 * MOST_PIXELS
    assert peak < 700


def test_a_large_jpeg_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    small = Image.radial_gradient("L").resize((1200, 1000))
    large = small.resize((12_000, 10_000), Image.Resampling.NEAREST)  # 120 million
    large.convert("RGB").save(path, quality=50)
    width, height, peak = decoded_in_a_process(path)
    assert (width, height) == (6000, 5000)
    assert peak < 350


def test_a_large_progressive_jpeg_is_refused_before_it_is_loaded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.jpg"
    Image.new("RGB", (80, 80)).save(path, progressive=True)
    data = bytearray(path.read_bytes())
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 12_000, 10_000)
    path.write_bytes(data)
    with pytest.raises(ImageError, match="12000 pixels, more than 100 million"):
        decode(path)
