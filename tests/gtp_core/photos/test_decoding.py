"""Odd image files are shown right, or refused in one sentence."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps, features

from gtp_core.photos import decoding
from gtp_core.photos.errors import ImageError
from gtp_core.photos.photo import Photo, decode, thumbnail


def ramp(width: int = 40, height: int = 24) -> np.ndarray:
    """(H, W) uint8 from black on the left to white on the right."""
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))


def colours(width: int = 40, height: int = 24) -> np.ndarray:
    """(H, W, 3) uint8 with a different ramp in every channel."""
    grey = ramp(width, height)
    return np.dstack([grey, grey[:, ::-1], np.full_like(grey, 90)])


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The bytes of `image` as a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def test_a_plain_photo_keeps_its_pixels_and_has_no_note(tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    Image.fromarray(colours()).save(path)

    photo = decode(path)

    assert np.array_equal(photo.pixels, colours())
    assert (photo.name, photo.path, photo.note) == ("plain.png", path, None)
    assert (photo.width, photo.height) == (40, 24)
    assert not photo.pixels.flags.writeable


def test_the_key_names_the_content_not_the_file() -> None:
    first = decode(saved(Image.fromarray(colours()), "PNG"), "a")
    second = decode(saved(Image.fromarray(colours()), "BMP"), "b")
    pasted = Photo.from_array(colours(), "c")
    other = Photo.from_array(colours()[:, ::-1], "d")

    assert first.key == second.key == pasted.key
    assert other.key != first.key


def test_greyscale() -> None:
    photo = decode(saved(Image.fromarray(ramp())))
    assert np.array_equal(photo.pixels, np.dstack([ramp()] * 3))
    assert photo.note == "Greyscale."


def test_palette() -> None:
    image = Image.fromarray(colours()).quantize(16)
    photo = decode(saved(image, "GIF"))
    assert np.array_equal(photo.pixels, np.asarray(image.convert("RGB")))


def test_one_bit() -> None:
    photo = decode(saved(Image.fromarray(ramp() > 127)))
    assert set(np.unique(photo.pixels)) == {0, 255}
    assert photo.note == "1-bit black and white."


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_are_shown_on_white(mode: str) -> None:
    alpha = np.zeros((24, 40), np.uint8)
    alpha[:, 20:] = 255
    image = Image.fromarray(ramp()).convert(mode)
    image.putalpha(Image.fromarray(alpha))

    photo = decode(saved(image))

    assert (photo.pixels[:, :20] == 255).all()
    assert np.array_equal(photo.pixels[:, 20:, 0], ramp()[:, 20:])
    assert photo.note == "Transparent parts shown on white."


def test_a_transparent_palette_entry_is_shown_on_white() -> None:
    image = Image.fromarray(ramp() // 64 * 64).quantize(4)
    first = image.getpixel((0, 0))
    photo = decode(saved(image, transparency=first))
    assert (photo.pixels[:, 0] == 255).all()


def test_an_opaque_alpha_channel_changes_nothing() -> None:
    photo = decode(saved(Image.fromarray(colours()).convert("RGBA")))
    assert np.array_equal(photo.pixels, colours())
    assert photo.note is None


def test_cmyk() -> None:
    data = saved(Image.new("CMYK", (40, 24), (0, 255, 255, 0)), "JPEG", quality=95)
    photo = decode(data)
    red, green, blue = photo.pixels[12, 20].tolist()
    assert red > 200
    assert max(green, blue) < 60
    assert photo.note == "CMYK converted."


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(form: str) -> None:
    deep = ramp().astype(np.uint16) * 257
    photo = decode(saved(Image.fromarray(deep), form))
    assert np.array_equal(photo.pixels[..., 0], ramp())
    assert photo.note == "Greyscale, 16-bit reduced to 8-bit."


def test_sixteen_bit_colour_png() -> None:
    photo = decode(sixteen_bit_rgb_png(colours()))
    assert np.array_equal(photo.pixels, colours())
    assert photo.note == "16-bit reduced to 8-bit."


def sixteen_bit_rgb_png(pixels: np.ndarray) -> bytes:
    """A PNG with 16 bits a channel, which Pillow cannot write."""
    height, width = pixels.shape[:2]
    deep = (pixels.astype(">u2") * 257).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc(kind + body))
        for kind, body in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )


def crc(data: bytes) -> int:
    return zlib.crc32(data) & 0xFFFFFFFF


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_floating_point_grey_is_scaled_not_clipped(top: float) -> None:
    values = ramp().astype(np.float32) / 255 * top
    photo = decode(saved(Image.fromarray(values), "TIFF"))
    assert np.abs(photo.pixels[..., 0].astype(int) - ramp()).max() <= 1


def test_floating_point_with_odd_values_is_stretched() -> None:
    values = ramp().astype(np.float32) * 1000 - 5000
    values[0, 0], values[0, 1] = np.nan, np.inf
    photo = decode(saved(Image.fromarray(values), "TIFF"))
    assert (photo.pixels.min(), photo.pixels.max()) == (0, 255)


def test_thirty_two_bit_integers() -> None:
    values = ramp().astype(np.int32) * 1_000_000
    photo = decode(saved(Image.fromarray(values), "TIFF"))
    assert np.abs(photo.pixels[..., 0].astype(int) - ramp()).max() <= 1
    assert photo.note == "Greyscale, 32-bit reduced to 8-bit."


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = decode(saved(Image.fromarray(colours()), "PNG", exif=exif))
    assert photo.pixels.shape == ((40, 24, 3) if orientation > 4 else (24, 40, 3))
    turned = ImageOps.exif_transpose(decodable(colours(), exif))
    assert np.array_equal(photo.pixels, np.asarray(turned))
    assert (photo.note is None) == (orientation == 1)


def decodable(pixels: np.ndarray, exif: Image.Exif) -> Image.Image:
    """An image as Pillow reads it, for its own functions."""
    return Image.open(io.BytesIO(saved(Image.fromarray(pixels), exif=exif)))


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_of_an_animation_is_shown(form: str) -> None:
    frames = [Image.new("RGB", (40, 24), (60 * i, 0, 0)) for i in range(4)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:])
    photo = decode(data)
    assert photo.pixels.max() < 10
    assert photo.note is not None
    assert photo.note.startswith("First of 4 frames shown")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be of this size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "odd.jpg is empty"),
        (b"hello, this is text", "odd.jpg is not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
        (saved(Image.fromarray(colours(200, 200)), "JPEG")[:900], "damaged or cut"),
        (saved(Image.fromarray(colours(200, 200)), "PNG")[:-200], "damaged or cut"),
        (saved(Image.fromarray(colours(200, 200)), "TIFF")[:500], "odd.jpg is"),
        (saved(Image.new("RGB", (3, 40))), "only 3 × 40 pixels"),
        (saved(Image.new("RGB", (1000, 9))), "too long and narrow"),
        (png_header(30_000, 30_000), "more than 50 million"),
        (png_header(7_000, 7_000), "damaged or cut"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_sentence(
    data: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "odd.jpg"
    path.write_bytes(data)
    with pytest.raises(ImageError) as caught:
        decode(path)
    message = str(caught.value)
    assert words in message
    assert "odd.jpg" in message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_an_image_cut_short_is_called_so(form: str, share: float) -> None:
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow reads no AVIF")
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (60, 60, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), form)
    with pytest.raises(ImageError, match=r"^cut\.img is damaged or cut short"):
        decode(data[: int(share * len(data))], "cut.img")


def test_a_tiff_of_a_kind_that_is_not_read_need_not_be_damaged() -> None:
    data = saved(Image.fromarray(colours()), "TIFF")
    strange = data.replace(b"\x08\0" * 3, b"\x07\0" * 3)  # bits of a channel
    assert strange != data
    with pytest.raises(ImageError, match="or of a kind of TIFF that cannot be read"):
        decode(strange)


def test_avif_that_this_pillow_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    Image.init()
    monkeypatch.delitem(Image.OPEN, "AVIF", raising=False)
    data = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"
    with pytest.raises(ImageError, match="is an AVIF image, which cannot be read here"):
        decode(data, "photo.avif")


@pytest.mark.parametrize(
    "name", ["missing", "folder", "pipe", "device", "huge", "broken", "text"]
)
def test_sentences_call_the_file_as_they_are_told(name: str, tmp_path: Path) -> None:
    path = odd_files(tmp_path)[name]
    with pytest.raises(ImageError) as caught:
        decode(path, most_pixels=1000)
    assert str(caught.value).startswith(f"{path.name} ")
    with pytest.raises(ImageError) as caught:
        decode(path, called="a/b/c.jpg", most_pixels=1000)
    sentence = str(caught.value)
    assert sentence.startswith("a/b/c.jpg ")
    assert sentence.count(path.name) == 0
    assert sentence.endswith(".")


def odd_files(folder: Path) -> dict[str, Path]:
    """Files that cannot be used, by why."""
    if os.name != "posix":
        pytest.skip("this system has no pipes among its files")
    files = {name: folder / f"{name}.jpg" for name in ("missing", "pipe", "device")}
    os.mkfifo(files["pipe"])
    files["device"].symlink_to("/dev/zero")
    (folder / "folder.jpg").mkdir()
    contents = {
        "huge": saved(Image.fromarray(colours(400, 300))),
        "broken": saved(Image.fromarray(colours(30, 30)))[:-30],
        "text": b"hello",
    }
    for name, content in contents.items():
        (folder / f"{name}.jpg").write_bytes(content)
    others = {name: folder / f"{name}.jpg" for name in ("folder", *contents)}
    return files | others


def test_a_file_name_in_a_sentence_is_plain_text(tmp_path: Path) -> None:
    with pytest.raises(ImageError) as caught:
        decode(tmp_path / "\x1b[31mred\n.jpg")
    assert str(caught.value).startswith("\\x1b[31mred\\x0a.jpg does not exist")


def test_larger_files_than_any_image_of_that_many_pixels_are_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.png").write_bytes(b"0" * 10_001)
    with pytest.raises(ImageError, match=r"a\.png is larger than 10 kB"):
        decode(tmp_path / "a.png", most_pixels=1000)


def test_the_most_pixels_can_be_raised_on_purpose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = saved(Image.fromarray(colours(40, 25)))
    with pytest.raises(ImageError, match="set GTP_MOST_PIXELS=1000 if there is memory"):
        decode(data, most_pixels=999)
    assert decode(data, most_pixels=1000).width == 40
    monkeypatch.setenv("GTP_MOST_PIXELS", "999")
    with pytest.raises(ImageError, match="has 40 × 25 pixels, more than 0"):
        decode(data)
    assert decode(data, most_pixels=1000).width == 40
    monkeypatch.setenv("GTP_MOST_PIXELS", "a lot")
    with pytest.raises(ImageError, match="GTP_MOST_PIXELS is 'a lot'; allowed:"):
        decode(data)


def test_a_large_jpeg_is_decoded_smaller() -> None:
    data = saved(Image.fromarray(colours(400, 200)), "JPEG", quality=95)
    photo = decode(data, most_pixels=30_000)
    assert photo.pixels.shape == (100, 200, 3)
    assert photo.note == "Decoded at 200 × 100 instead of 400 × 200 pixels."
    half = np.asarray(Image.fromarray(colours(400, 200)).reduce(2)).astype(int)
    assert np.abs(photo.pixels - half).max() < 12
    assert decode(data, most_pixels=10_000).pixels.shape == (50, 100, 3)
    with pytest.raises(ImageError, match="set GTP_MOST_PIXELS=10000 if"):
        decode(data, most_pixels=9_999)


def test_a_large_photo_of_a_phone_is_turned_and_decoded_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.fromarray(colours(400, 200))
    preview = Image.fromarray(colours(40, 20))
    data = saved(image, "MPO", save_all=True, append_images=[preview], exif=exif)
    photo = decode(data, most_pixels=30_000)
    assert photo.pixels.shape == (200, 100, 3)
    assert photo.note == (
        "Decoded at 200 × 100 instead of 400 × 200 pixels, "
        "turned upright as its EXIF says."
    )


def test_a_progressive_jpeg_is_held_whole_and_may_be_less_large() -> None:
    data = saved(Image.fromarray(colours(400, 200)), "JPEG", progressive=True)
    assert decode(data, most_pixels=40_000).width == 200
    with pytest.raises(ImageError, match="set GTP_MOST_PIXELS=40000 if"):
        decode(data, most_pixels=39_999)


def test_a_large_image_is_converted_whole() -> None:
    """Conversion goes strip by strip; no row is lost or taken twice."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (1503, 1001, 3), dtype=np.uint8)
    for orientation, turned in [(1, noise), (3, noise[::-1, ::-1])]:
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = saved(Image.fromarray(noise), compress_level=1, exif=exif)
        assert np.array_equal(decode(data).pixels, turned)
    deep = rng.integers(0, 65536, (1503, 1001), dtype=np.uint16)
    deep[-1, -1] = 65535
    grey = decode(saved(Image.fromarray(deep), compress_level=1)).pixels[..., 0]
    assert np.array_equal(grey, np.round(deep / 257).astype(np.uint8))


def test_bytes_damaged_anywhere_never_raise_anything_else() -> None:
    rng = np.random.default_rng(0)
    files = [
        saved(Image.fromarray(colours()), "JPEG"),
        saved(Image.fromarray(colours()), "PNG"),
        saved(Image.fromarray(colours()).quantize(8), "GIF"),
        saved(Image.fromarray(colours()), "TIFF"),
        saved(Image.fromarray(colours()), "WEBP"),
    ]
    if features.check("avif"):
        files.append(saved(Image.fromarray(colours()), "AVIF"))
    for data in files:
        for _ in range(60):
            broken = bytearray(data)
            for position in rng.integers(0, len(data), 6):
                broken[position] = rng.integers(0, 256)
            with suppress(ImageError):
                assert decode(bytes(broken)).pixels.shape[2] == 3


def test_threads_may_decode_at_the_same_time() -> None:
    data = [saved(Image.fromarray(colours(100 + i, 80)), "JPEG") for i in range(8)]
    filters = list(warnings.filters)
    limit = Image.MAX_IMAGE_PIXELS
    with ThreadPoolExecutor(4) as pool:
        photos = list(pool.map(decode, data * 3))
    assert [photo.width for photo in photos] == [100 + i for i in range(8)] * 3
    assert warnings.filters == filters
    assert limit == Image.MAX_IMAGE_PIXELS


def test_nobody_waits_while_another_thread_decodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = saved(Image.fromarray(colours()))
    started, go_on = Event(), Event()
    known = decoding._convert

    def held_up(image: Image.Image, *rest: Any) -> Any:
        if image.width == 41:
            started.set()
            assert go_on.wait(60)
        return known(image, *rest)

    monkeypatch.setattr(decoding, "_convert", held_up)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(decode, saved(Image.fromarray(colours(41, 20))))
        assert started.wait(60)
        assert decode(data).width == 40  # would hang here
        assert not slow.done()
        go_on.set()
        assert slow.result().width == 41


def test_pillow_s_own_limit_is_left_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(ImageError):
        decode(png_header(30_000, 30_000))
    assert before == Image.MAX_IMAGE_PIXELS


def test_pasted_pixels() -> None:
    with_alpha = np.dstack([colours(), np.zeros((24, 40), np.uint8)])
    assert (Photo.from_array(with_alpha, "pasted").pixels == 255).all()
    assert Photo.from_array(ramp(), "pasted").pixels.shape == (24, 40, 3)
    with pytest.raises(ImageError, match="pasted: pixels of shape"):
        Photo.from_array(colours().astype(np.float32), "pasted")
    with pytest.raises(ImageError, match="pasted: pixels of shape"):
        Photo.from_array(np.zeros((0, 4, 3), np.uint8), "pasted")


def test_a_photo_does_not_share_pasted_memory() -> None:
    pixels = colours()
    photo = Photo.from_array(pixels, "pasted")
    pixels[:] = 7
    assert np.array_equal(photo.pixels, colours())


def test_thumbnails_keep_the_proportions_and_never_grow() -> None:
    assert thumbnail(colours(400, 100), 64).shape == (16, 64, 3)
    assert thumbnail(colours(40, 24), 64).shape == (24, 40, 3)
