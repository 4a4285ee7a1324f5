"""Photos are read and prepared off the GUI thread; nothing told is out of date."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gtp_core.photos.content import content_key
from gtp_core.photos.geometry import CropGeometry, InputSpec, fit
from gtp_core.photos.photo import Photo, decode
from gtp_viewer import photo_loader, photo_memory
from gtp_viewer.photo_loader import (
    FittedPhoto,
    PhotoLoader,
    PreparedPhoto,
    ReadPhoto,
)

SPEC = InputSpec(height=64, width=64, patch=(16, 16))
OTHER_SPEC = InputSpec(height=32, width=32, patch=(16, 16))


class Told:
    """Everything that a loader has signalled, in order."""

    def __init__(self, loader: PhotoLoader) -> None:
        self.read: dict[int, list[ReadPhoto]] = {}
        self.failed: dict[int, list[str]] = {}
        self.prepared: list[tuple[int, PreparedPhoto]] = []
        self.found: list[list[Path]] = []
        self.batches: list[list[int]] = []
        self.threads: set[QThread] = set()
        self.order: list[str] = []
        loader.read.connect(self._read)
        loader.failed.connect(self._failed)
        loader.prepared.connect(self._prepared)
        loader.found.connect(self.found.append)
        self.fitted: list[tuple[int, FittedPhoto]] = []
        loader.fitted.connect(lambda photo, made: self.fitted.append((photo, made)))

    def _read(self, batch: list[tuple[int, ReadPhoto]]) -> None:
        self.batches.append([photo for photo, _ in batch])
        for photo, facts in batch:
            self.read.setdefault(photo, []).append(facts)
            self.order.append(f"read {photo}")
        self.threads.add(QThread.currentThread())

    def _failed(self, photo: int, sentence: str) -> None:
        self.failed.setdefault(photo, []).append(sentence)
        self.order.append(f"failed {photo}")
        self.threads.add(QThread.currentThread())

    def _prepared(self, photo: int, prepared: PreparedPhoto) -> None:
        self.prepared.append((photo, prepared))
        self.order.append(f"prepared {photo}")
        self.threads.add(QThread.currentThread())


@pytest.fixture
def loader() -> Iterator[PhotoLoader]:
    loader = PhotoLoader()
    yield loader
    loader.close()


@pytest.fixture
def told(loader: PhotoLoader) -> Told:
    return Told(loader)


def photo_file(path: Path, value: int = 100, size: tuple[int, int] = (128, 96)) -> Path:
    """A photo with a gradient; `value` is its blue."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    blue = np.full_like(rows, value)
    pixels = np.stack([columns % 256, rows % 256, blue], axis=2).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    return path


class Gate:
    """Holds up the decoding of chosen files until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        self.counts: dict[str, int] = {}
        self._open = threading.Event()
        self._started = threading.Event()
        monkeypatch.setattr(photo_memory, "decode", self._decode)

    def _decode(self, path: Path) -> Photo:
        self.counts[path.name] = self.counts.get(path.name, 0) + 1
        if path.name in self.names:
            self._started.set()
            assert self._open.wait(60)
        return decode(path)

    def close(self, *names: str) -> None:
        self._open.clear()
        self._started.clear()
        self.names = set(names)

    def wait_started(self) -> None:
        assert self._started.wait(60)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


# -- reading ----------------------------------------------------------------------


def test_files_and_folders_are_found(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    first = photo_file(tmp_path / "folder" / "10.png")
    second = photo_file(tmp_path / "folder" / "9.png")
    loader.find([tmp_path / "folder", tmp_path / "none.png"])
    qtbot.waitUntil(lambda: bool(told.found))
    assert told.found == [[second, first, tmp_path / "none.png"]]


def test_a_photo_is_read(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png")
    loader.add(7, path)
    qtbot.waitUntil(lambda: 7 in told.read)
    (facts,) = told.read[7]
    assert facts.key == decode(path).key
    assert facts.size == (128, 96)
    assert facts.note is None
    assert (facts.thumbnail.width(), facts.thumbnail.height()) == (128, 96)
    assert facts.thumbnail.pixelColor(5, 50) == QColor(5, 50, 100)
    assert told.threads == {QCoreApplication.instance().thread()}


def test_a_bad_photo_is_told_in_one_sentence_and_others_go_on(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    good = photo_file(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(good.read_bytes()[:200])
    loader.add(1, tmp_path / "bad.png")
    loader.add(2, tmp_path / "none.png")
    loader.add(3, good)
    qtbot.waitUntil(lambda: 3 in told.read)
    assert told.failed == {
        1: ["bad.png is damaged or cut short; get a whole copy of it."],
        2: ["none.png does not exist; check its name."],
    }


def test_an_error_that_nobody_thought_of_ends_in_a_sentence(
    loader: PhotoLoader,
    told: Told,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_path: Path) -> Photo:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(photo_memory, "decode", broken)
    loader.add(1, photo_file(tmp_path / "a.png"))
    loader.prepare(1, None)
    qtbot.waitUntil(lambda: len(told.failed.get(1, ())) == 2)
    assert told.failed[1] == ["a.png cannot be read (KeyError); the log says more."] * 2
    assert "nobody thought of this" in caplog.text


def test_whoever_asks_again_is_told_again(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png")
    for times in (1, 2):
        loader.add(1, path)
        qtbot.waitUntil(lambda n=times: len(told.read.get(1, ())) == n)
    first, second = told.read[1]
    assert first.key == second.key


def test_photos_in_view_are_read_first(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("0.png")
    for number in range(6):
        loader.add(number, photo_file(tmp_path / f"{number}.png"))
    gate.wait_started()
    loader.prioritise([4, 99, 3])
    gate.open()
    qtbot.waitUntil(lambda: len(told.read) == 6)
    assert list(told.read) == [0, 4, 3, 1, 2, 5]


def test_what_was_read_is_told_in_batches(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    count = 2 * photo_loader.MOST_AT_ONCE + 3
    for number in range(count):
        loader.add(number, photo_file(tmp_path / f"{number}.png", size=(10, 10)))
    qtbot.waitUntil(lambda: len(told.read) == count)
    assert len(told.batches) < count
    assert max(map(len, told.batches)) <= photo_loader.MOST_AT_ONCE


def test_a_forgotten_photo_is_not_told_of(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("a.png")
    loader.add(1, photo_file(tmp_path / "a.png"))
    loader.add(2, photo_file(tmp_path / "b.png"))
    loader.add(3, photo_file(tmp_path / "c.png"))
    gate.wait_started()
    loader.prepare(1, None)
    loader.forget(1)
    loader.forget(2)
    gate.open()
    qtbot.waitUntil(lambda: 3 in told.read)
    assert set(told.read) == {3}
    assert not told.prepared
    assert "b.png" not in gate.counts


def test_nothing_is_told_after_closing(
    told: Told, loader: PhotoLoader, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in range(5):
        loader.add(number, photo_file(tmp_path / f"{number}.png"))
    loader.find([tmp_path])
    loader.prepare(0, SPEC)
    loader.close()
    loader.add(9, tmp_path / "0.png")
    loader.prepare(1, SPEC)
    qtbot.wait(2 * photo_loader.BATCH_MS)
    assert (told.order, told.found) == ([], [])


# -- preparing --------------------------------------------------------------------


def wait_prepared(told: Told, qtbot: QtBot, count: int = 1) -> PreparedPhoto:
    qtbot.waitUntil(lambda: len(told.prepared) == count)
    return told.prepared[-1][1]


def test_a_prepared_photo_is_of_one_decoding(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png")
    loader.add(1, path)
    loader.prepare(1, SPEC)
    prepared = wait_prepared(told, qtbot)
    photo = decode(path)
    assert prepared.photo_key == photo.key
    assert prepared.content == content_key(photo, SPEC)
    assert np.array_equal(prepared.pixels, fit(photo.pixels, SPEC))
    assert prepared.geometry == CropGeometry.of(128, 96, SPEC)
    assert prepared.painted.levels[0].pixelColor(9, 9) == QColor(9, 9, 100)
    assert prepared.nbytes >= 128 * 96 * 4 + 64 * 64 * 3


def test_without_a_network_a_photo_is_only_painted(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    loader.add(1, photo_file(tmp_path / "a.png"))
    loader.prepare(1, None)
    prepared = wait_prepared(told, qtbot)
    assert prepared.painted.rect.width() == 128
    assert (prepared.content, prepared.pixels, prepared.geometry) == (None,) * 3


def test_preparing_does_not_wait_for_the_reading_of_a_folder(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("slow.png")
    loader.add(1, photo_file(tmp_path / "slow.png"))
    loader.add(2, photo_file(tmp_path / "wanted.png"))
    gate.wait_started()
    loader.prepare(2, SPEC)
    wait_prepared(told, qtbot)  # would wait for ever
    # and what was decoded on the way counts as read
    qtbot.waitUntil(lambda: 2 in told.read)
    assert 1 not in told.read
    gate.open()
    qtbot.waitUntil(lambda: 1 in told.read)
    assert gate.counts == {"slow.png": 1, "wanted.png": 1}


def test_finding_does_not_wait_for_the_reading_of_a_folder(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("slow.png")
    loader.add(1, photo_file(tmp_path / "slow.png"))
    gate.wait_started()
    loader.find([tmp_path])
    qtbot.waitUntil(lambda: bool(told.found))
    assert not told.read


def test_a_photo_is_not_decoded_twice_at_once(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("a.png")
    loader.add(1, photo_file(tmp_path / "a.png"))
    gate.wait_started()
    loader.prepare(1, SPEC)
    gate.open()
    prepared = wait_prepared(told, qtbot)
    qtbot.waitUntil(lambda: 1 in told.read)
    assert gate.counts == {"a.png": 1}
    assert prepared.photo_key == told.read[1][0].key


def test_another_network_needs_no_other_decoding(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    loader.add(1, photo_file(tmp_path / "a.png"))
    loader.prepare(1, SPEC)
    first = wait_prepared(told, qtbot)
    loader.prepare(1, OTHER_SPEC)
    second = wait_prepared(told, qtbot, 2)
    assert gate.counts == {"a.png": 1}
    assert second.painted is first.painted
    assert second.photo_key == first.photo_key
    assert second.content != first.content
    assert second.pixels is not None
    assert second.pixels.shape == (32, 32, 3)


def test_the_latest_wish_wins(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path, gate: Gate
) -> None:
    gate.close("0.png")
    for number in range(5):
        loader.add(number, photo_file(tmp_path / f"{number}.png"))
    gate.wait_started()
    for number in range(5):
        loader.prepare(number, SPEC)
    loader.prepare(3, OTHER_SPEC)
    gate.open()
    qtbot.waitUntil(lambda: len(told.read) == 5)
    prepared = wait_prepared(told, qtbot)
    assert told.prepared[0][0] == 3
    assert prepared.spec == OTHER_SPEC


def test_a_wish_that_came_while_another_was_finished_wins(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    loader.add(1, photo_file(tmp_path / "a.png"))
    loader.prepare(1, SPEC)
    # done on the thread, but not yet told here
    loader._preparer.submit(lambda: None).result(60)
    loader.prepare(1, OTHER_SPEC)
    assert wait_prepared(told, qtbot).spec == OTHER_SPEC
    qtbot.wait(2 * photo_loader.BATCH_MS)
    assert len(told.prepared) == 1


def test_a_photo_that_cannot_be_prepared_is_told_so(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    loader.add(1, tmp_path / "none.png")
    loader.prepare(1, SPEC)
    qtbot.waitUntil(lambda: len(told.failed.get(1, ())) == 2)
    assert not told.prepared


# -- files that change ------------------------------------------------------------


def test_a_file_that_was_edited_is_another_photo(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png", value=10)
    loader.add(1, path)
    loader.prepare(1, SPEC)
    before = wait_prepared(told, qtbot)
    qtbot.waitUntil(lambda: 1 in told.read)
    photo_file(path, value=200)
    loader.prepare(1, SPEC)
    after = wait_prepared(told, qtbot, 2)
    photo = decode(path)
    assert after.photo_key == photo.key != before.photo_key
    assert after.content == content_key(photo, SPEC) != before.content
    assert np.array_equal(after.pixels, fit(photo.pixels, SPEC))
    assert after.painted.levels[0].pixelColor(9, 9).blue() == 200
    qtbot.waitUntil(lambda: len(told.read[1]) == 2)
    assert told.order[-2:] == ["prepared 1", "read 1"]
    assert told.read[1][1].key == photo.key
    assert told.read[1][1].thumbnail.pixelColor(9, 9).blue() == 200


def test_an_edit_that_keeps_size_and_time_is_noticed(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.bmp", value=10)
    times = path.stat()
    loader.add(1, path)
    loader.prepare(1, SPEC)
    before = wait_prepared(told, qtbot)
    other = photo_file(tmp_path / "b.bmp", value=20)
    assert other.stat().st_size == times.st_size
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    os.replace(other, path)
    loader.prepare(1, SPEC)
    assert wait_prepared(told, qtbot, 2).photo_key != before.photo_key


def test_an_edit_while_the_photo_is_decoded_is_noticed(
    loader: PhotoLoader,
    told: Told,
    qtbot: QtBot,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = photo_file(tmp_path / "a.png", value=10)
    gate.close("a.png")
    loader.add(1, path)
    gate.wait_started()
    photo_file(path, value=200)
    looked = threading.Event()
    known = photo_memory.Source.stamp

    def stamp(source: photo_memory.Source) -> photo_memory.Stamp:
        looked.set()
        return known(source)

    monkeypatch.setattr(photo_memory.Source, "stamp", stamp)
    loader.prepare(1, SPEC)
    assert looked.wait(60)  # the preparer joins the decoding that is under way
    gate.open()
    assert wait_prepared(told, qtbot).photo_key == decode(path).key
    qtbot.waitUntil(lambda: told.read[1][-1].key == decode(path).key)


def test_a_file_that_has_gone_stays_usable_while_it_is_remembered(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png")
    loader.add(1, path)
    qtbot.waitUntil(lambda: 1 in told.read)
    path.unlink()
    loader.prepare(1, SPEC)
    assert wait_prepared(told, qtbot).photo_key == told.read[1][0].key


def test_a_file_that_is_there_again_is_told_of_again(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    loader.add(1, path)
    qtbot.waitUntil(lambda: 1 in told.failed)
    photo_file(path)
    loader.prepare(1, None)
    qtbot.waitUntil(lambda: 1 in told.read)
    assert told.read[1][0].size == (128, 96)


def test_an_older_decoding_never_replaces_a_newer_one(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = photo_file(tmp_path / "a.png", value=10)
    loader.add(1, path)
    qtbot.waitUntil(lambda: 1 in told.read)
    source = loader._sources[1]
    older = loader._memory.decoded(source)
    photo_file(path, value=200)
    loader.prepare(1, None)
    qtbot.waitUntil(lambda: len(told.read[1]) == 2)
    loader._note_read(1, source, older)  # as a thread does that was held up
    loader.add(2, photo_file(tmp_path / "b.png"))
    qtbot.waitUntil(lambda: 2 in told.read)
    assert [facts.key for facts in told.read[1]] == [older.photo.key, decode(path).key]


def test_a_photo_that_is_decoded_again_unchanged_is_no_news(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    loader.add(1, photo_file(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: 1 in told.read)
    loader._memory.forget(loader._sources[1])
    loader.prepare(1, None)
    wait_prepared(told, qtbot)
    qtbot.wait(2 * photo_loader.BATCH_MS)
    assert len(told.read[1]) == 1


# -- pasted pictures --------------------------------------------------------------


def picture(alpha: int = 255) -> QImage:
    image = QImage(60, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 200, 30, alpha))
    return image


def test_a_pasted_picture_is_read_and_prepared(
    loader: PhotoLoader, told: Told, qtbot: QtBot
) -> None:
    loader.add_pasted(1, picture())
    loader.prepare(1, SPEC)
    prepared = wait_prepared(told, qtbot)
    qtbot.waitUntil(lambda: 1 in told.read)
    (facts,) = told.read[1]
    assert facts.size == (60, 40)
    assert facts.thumbnail.pixelColor(5, 5) == QColor(10, 200, 30)
    assert prepared.photo_key == facts.key


def test_a_pasted_picture_stays_until_it_is_forgotten(
    loader: PhotoLoader, told: Told, qtbot: QtBot
) -> None:
    loader.add_pasted(1, picture())
    qtbot.waitUntil(lambda: 1 in told.read)
    loader._memory = photo_memory.PhotoMemory()  # nothing decoded is remembered
    loader.add(1, None)  # as after its removal was undone
    qtbot.waitUntil(lambda: len(told.read[1]) == 2)
    assert told.read[1][1].key == told.read[1][0].key
    loader.forget(1)
    loader.add(1, None)
    qtbot.waitUntil(lambda: 1 in told.failed)
    assert told.failed[1] == ["The pasted picture is gone; paste it again."]


def test_transparent_parts_of_a_pasted_picture_are_white(
    loader: PhotoLoader, told: Told, qtbot: QtBot
) -> None:
    loader.add_pasted(1, picture(alpha=0))
    qtbot.waitUntil(lambda: 1 in told.read)
    assert told.read[1][0].thumbnail.pixelColor(5, 5) == QColor(255, 255, 255)
    assert told.read[1][0].note == "Transparent parts shown on white."


# -- memory -----------------------------------------------------------------------


def test_decoded_photos_and_painted_copies_are_bounded_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_memory, "READ_BYTES", 100_000)
    monkeypatch.setattr(photo_memory, "SHOWN_BYTES", 250_000)
    memory = photo_memory.PhotoMemory()
    sources = [
        photo_memory.Source(photo_file(tmp_path / f"{n}.png")) for n in range(12)
    ]
    for source in sources[:6]:
        memory.painted(source, memory.decoded(source))
    for source in sources[6:]:
        memory.decoded(source)
    one = 128 * 96 * (3 + 4)
    assert [sources.index(s) for s in memory._shown] == [4, 5]
    assert sum(memory._shown.get(s).nbytes for s in memory._shown) == 2 * one
    assert [sources.index(s) for s in memory._read] == [10, 11]


def test_reading_a_folder_does_not_push_out_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    monkeypatch.setattr(photo_memory, "READ_BYTES", 100_000)
    memory = photo_memory.PhotoMemory()
    shown = photo_memory.Source(photo_file(tmp_path / "shown.png"))
    memory.painted(shown, memory.decoded(shown))
    for number in range(10):
        memory.decoded(photo_memory.Source(photo_file(tmp_path / f"{number}.png")))
    memory.decoded(shown)
    assert gate.counts["shown.png"] == 1


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (500, 500), (2000, 50)])
def test_thumbnails_of_a_thousand_photos_take_less_than_60_mb(
    loader: PhotoLoader,
    told: Told,
    qtbot: QtBot,
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    loader.add(1, photo_file(tmp_path / "a.png", size=size))
    qtbot.waitUntil(lambda: 1 in told.read)
    small = told.read[1][0].thumbnail
    assert max(small.width(), small.height()) == photo_loader.THUMBNAIL
    assert 1000 * small.sizeInBytes() < 60_000_000


def test_many_threads_that_ask_for_one_photo_decode_it_once(
    tmp_path: Path, gate: Gate
) -> None:
    memory = photo_memory.PhotoMemory()
    source = photo_memory.Source(photo_file(tmp_path / "a.png"))
    gate.close("a.png")
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(memory.decoded(source)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    gate.wait_started()
    gate.open()
    for thread in threads:
        thread.join(60)
    assert len(found) == 6
    assert len(set(map(id, found))) == 1
    assert gate.counts == {"a.png": 1}


# -- inputs of photos that are not shown -----------------------------------------------


def save_noise(path: Path, seed: int) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (90, 120, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_the_input_of_a_photo_that_is_not_shown(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    path = save_noise(tmp_path / "a.png", 1)
    loader.add(7, path)
    loader.fit(7, SPEC)
    qtbot.waitUntil(lambda: bool(told.fitted))
    ((photo, made),) = told.fitted
    one = decode(path)
    assert photo == 7
    assert (made.photo_key, made.spec) == (one.key, SPEC)
    assert made.content == content_key(one, SPEC)
    np.testing.assert_array_equal(made.pixels, fit(one.pixels, SPEC))
    assert told.prepared == []


def test_fitting_others_leaves_the_shown_photo_in_memory(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    for number in range(6):
        loader.add(number, save_noise(tmp_path / f"{number}.png", number))
    loader.prepare(0, SPEC)
    qtbot.waitUntil(lambda: bool(told.prepared))
    shown = loader._memory.decoded(loader._sources[0])
    for number in range(1, 6):
        loader.fit(number, SPEC)
    qtbot.waitUntil(lambda: len(told.fitted) == 5)
    assert loader._memory.decoded(loader._sources[0]) is shown
    assert len(loader._memory._shown) == 1


def test_an_input_that_cannot_be_made_ends_in_a_sentence(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"nothing of the kind")
    loader.add(3, bad)
    qtbot.waitUntil(lambda: 3 in told.failed)
    loader.fit(3, SPEC)
    qtbot.waitUntil(lambda: len(told.failed[3]) == 2)
    assert told.fitted == []


def test_a_photo_with_another_file_is_fitted_from_that(
    loader: PhotoLoader, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = (save_noise(tmp_path / f"{n}.png", n) for n in (1, 2))
    loader.add(1, first)
    loader.fit(1, SPEC)
    loader.add(1, second)  # before anything was told
    qtbot.waitUntil(lambda: bool(told.fitted))
    assert told.fitted[-1][1].photo_key == decode(second).key
