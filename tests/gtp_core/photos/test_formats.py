"""The first bytes of a file tell its format."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, features

from gtp_core.photos.formats import FORMATS, format_of, has_many_scans


def saved(form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 200, 30)).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_recognised_by_its_beginning(form: str) -> None:
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    data = saved(form)
    assert format_of(data) == form
    assert format_of(data[:40]) == form


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"B",
        b"BMW and other cars",
        b"P1 is the first of the pilots",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
        b"%PDF-1.7",
        b"<svg></svg>",
    ],
)
def test_anything_else_is_no_image(data: bytes) -> None:
    assert format_of(data) is None


@pytest.mark.parametrize("brands", [b"avif\0\0\0\0mif1", b"mif1\0\0\0\0avif"])
def test_avif_is_one_brand_among_others(brands: bytes) -> None:
    assert format_of(b"\0\0\0\x14ftyp" + brands + b"more") == "AVIF"


def test_a_ppm_may_begin_with_a_comment() -> None:
    assert format_of(b"P6\n# made by hand\n2 2\n255\n............") == "PPM"


def test_a_plain_jpeg_has_one_scan() -> None:
    assert not has_many_scans(saved("JPEG"))
    assert not has_many_scans(saved("JPEG", exif=Image.Exif(), icc_profile=b"1" * 99))
    assert not has_many_scans(saved("JPEG", restart_marker_rows=1))


def test_a_progressive_jpeg_has_many_scans() -> None:
    assert has_many_scans(saved("JPEG", progressive=True))


def test_a_jpeg_with_a_scan_for_each_channel_has_many() -> None:
    data = saved("JPEG")
    header = data.index(b"\xff\xda\x00\x0c\x03")
    single = data[:header] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + data[header:]
    assert has_many_scans(single)


@pytest.mark.parametrize("length", [0, 3, 20, 200])
def test_a_jpeg_cut_before_its_scan_counts_as_many(length: int) -> None:
    assert has_many_scans(saved("JPEG")[:length])
