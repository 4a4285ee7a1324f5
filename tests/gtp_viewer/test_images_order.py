"""Names are shortened where they say least; the order is what was chosen."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics

from gtp_core.records.agreement import AnswerChange
from gtp_viewer import theme
from gtp_viewer.images_model import Row
from gtp_viewer.images_order import (
    Arrangement,
    informative,
    shared_start,
    shortened,
)


def row(photo: int, change: AnswerChange | None = None) -> Row:
    return Row(photo, f"{photo}.jpg", None, "ready", change=change)


def test_a_long_name_keeps_its_end() -> None:
    metrics = QFontMetrics(theme.ui_font())
    name = "holiday_at_the_sea_2024_summer_IMG_20240713_0042.jpg"
    text = shortened(name, metrics, 130)
    start, end = text.split("…")
    assert metrics.horizontalAdvance(text) <= 130
    assert name.startswith(start)
    assert name.endswith(end)
    assert end.endswith("0042.jpg")
    assert 2 <= len(start) < len(end)


def test_a_short_name_is_shown_whole() -> None:
    metrics = QFontMetrics(theme.ui_font())
    assert shortened("cat.jpg", metrics, 130) == "cat.jpg"


def test_a_name_of_any_length_fits_into_any_width() -> None:
    metrics = QFontMetrics(theme.ui_font())
    for width in (1, 20, 130, 4000):
        text = shortened("x" * 12_000 + ".jpg", metrics, width)
        assert text.count("…") == 1
        assert metrics.horizontalAdvance(text) <= max(width, 20)


def test_the_beginning_that_all_share_is_left_out() -> None:
    metrics = QFontMetrics(theme.ui_font())
    names = [f"ILSVRC2012_val_0000{n:04}.JPEG" for n in (123, 124, 5021)]
    start = shared_start(names)
    assert names[0][:start] == "ILSVRC2012_val_"  # the number stays whole
    texts = [informative(name, start, metrics, 130) for name in names]
    assert texts[0] == "…00000123.JPEG"
    assert len(set(texts)) == 3
    assert all(metrics.horizontalAdvance(text) <= 130 for text in texts)


def test_a_name_that_fits_keeps_its_beginning() -> None:
    metrics = QFontMetrics(theme.ui_font())
    assert informative("holiday_1.jpg", 8, metrics, 300) == "holiday_1.jpg"


def test_what_is_left_may_be_too_long_all_the_same() -> None:
    metrics = QFontMetrics(theme.ui_font())
    name = "holiday_" + "at_the_sea_" * 10 + "17.jpg"
    text = informative(name, 8, metrics, 110)
    assert text.startswith("…at")
    assert text.endswith("17.jpg")
    assert metrics.horizontalAdvance(text) <= 110


def test_names_that_share_little_or_stand_alone_are_left_as_they_are() -> None:
    assert shared_start(["cat.jpg"]) == 0
    assert shared_start(["cat.jpg", "cow.jpg"]) == 0
    assert shared_start([]) == 0
    metrics = QFontMetrics(theme.ui_font())
    whole = "holiday_at_the_sea"  # the beginning of the other one
    start = shared_start([whole, whole + "_2024.jpg"])
    assert informative(whole, start, metrics, 60) == shortened(whole, metrics, 60)


def test_rows_that_are_not_known_come_last_and_keep_their_order() -> None:
    rows = [row(1), row(2, AnswerChange(0, 0, -5.0)), row(3), row(4)]
    found = Arrangement(by_drop=True).of(rows)
    assert [one.id for one in found] == [2, 1, 3, 4]
    assert Arrangement(only_changed=True).of(rows) == []
    assert Arrangement().text == "All, as added"
    assert Arrangement(True, True).text == "Changed only, largest drop"
