"""What is on screen goes into files and onto the clipboard."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.panes import add_difference
from gtp_core.records.trace_file import load_trace
from gtp_viewer.exporting.exporter import SUBJECT
from gtp_viewer.exporting.jobs import Job, Jobs
from gtp_viewer.exporting.on_screen import NOTHING, on_screen
from gtp_viewer.window import Window


@pytest.fixture
def save_to(
    window: Window, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Runs an export command; the dialogs answer with a name and 400 pixels."""

    def save(command: str, name: str) -> Path:
        path = tmp_path / name
        monkeypatch.setattr(window.dialogs, "ask_to_save", lambda *_: path)
        monkeypatch.setattr(window.dialogs, "ask_width", lambda _usual: 400)
        window.commands.action(command).trigger()
        qtbot.waitUntil(lambda: kind(window) not in ("work", None), timeout=60_000)
        return path

    return save


def kind(window: Window) -> str | None:
    banner = window.messages.banner(SUBJECT)
    return None if banner is None else banner.kind


def said(window: Window) -> str:
    banner = window.messages.banner(SUBJECT)
    return "" if banner is None else banner.label.text()


# -- what is on screen ------------------------------------------------------------


def test_each_pane_is_a_shot_with_the_overlays_and_the_part_that_is_seen(
    window: Window,
) -> None:
    shown = on_screen(window.desk.view, window.canvas)
    assert shown is not None
    headings = [pane.title.text() for pane in window.canvas.panes]
    assert [shot.heading for shot in shown.panes] == headings
    assert set(shown.panes[0].shown) == {"grid", "links", "neighbours", "marks"}
    assert shown.active is shown.panes[0]
    left, top, right, bottom = shown.panes[0].seen or (0, 0, 0, 0)
    x, y, width, height = shown.panes[0].scene.geometry.crop
    assert left <= x < x + width <= right  # fitted: all that the network sees
    assert top <= y < y + height <= bottom
    notes = shown.notes(shown.shots)
    assert "Network: demo" in notes[-1]
    assert "gtp:P=2" in notes[0]
    assert "tome:r=1" in notes[0]
    # A figure of one pane says nothing of the others.
    assert "tome:r=1" not in " ".join(shown.notes(shown.panes[:1]))


def test_the_pixels_are_those_of_the_photo(window: Window) -> None:
    shown = on_screen(window.desk.view, window.canvas)
    assert shown is not None
    photo = window.desk.view.photo
    assert photo is not None
    assert photo.path is not None
    with Image.open(photo.path) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert np.array_equal(shown.panes[0].picture.pixels, pixels)


def test_a_zoomed_canvas_is_exported_as_it_is_seen(window: Window) -> None:
    view = window.canvas.panes[0].view
    window.canvas.viewport.zoom_at(view.rect().center().toPointF(), view.size(), 4.0)
    shown = on_screen(window.desk.view, window.canvas)
    assert shown is not None
    left, _, right, _ = shown.panes[0].seen or (0, 0, 0, 0)
    assert right - left < 0.6 * shown.panes[0].picture.size[0]


def test_without_a_result_one_sentence_says_so(bare_window: Window) -> None:
    bare_window.commands.action("export-all").trigger()
    assert said(bare_window) == NOTHING


# -- files ------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["export-pane", "export-all", "export-strip"])
def test_a_png_has_the_width_that_was_asked_for(
    window: Window, save_to: Any, command: str
) -> None:
    path = save_to(command, "figure.png")
    assert said(window) == f"Saved {path}."
    with Image.open(path) as image:
        assert image.width == 400


def test_an_svg_holds_all_panes_and_the_difference_as_text(
    window: Window, save_to: Any
) -> None:
    document = window.desk.document
    first, second = (entry.entry.id for entry in window.desk.view.panes)
    window.desk.apply(add_difference(document, first, second))
    svg = save_to("export-all", "figure.svg").read_text()
    a, b = (pane.title.text() for pane in window.canvas.panes)
    for words in (a, b, f"{a} vs {b}", f"{a} alone", f"{b} alone"):
        assert f">{words}<" in svg
    assert svg.count("<image") == 3


def test_the_animation_has_a_frame_for_each_layer(window: Window, save_to: Any) -> None:
    path = save_to("export-animation", "layers.webp")
    with Image.open(path) as image:
        assert (image.n_frames, image.width) == (window.desk.view.depth, 400)


def test_the_tables_hold_all_panes(save_to: Any) -> None:
    layers = save_to("export-layer-table", "layers.csv").read_text().splitlines()
    patches = save_to("export-patch-table", "patches.csv").read_text().splitlines()
    assert len(layers) == 1 + 2 * 3
    assert len(patches) == 1 + 2 * 16


def test_the_trace_is_written_as_npz_and_as_json(window: Window, save_to: Any) -> None:
    trace = window.desk.view.active.trace
    assert trace is not None
    saved = load_trace(save_to("export-trace", "trace.npz"))
    assert saved.method == trace.method
    report = json.loads(save_to("export-trace", "trace.json").read_text())
    layers = report["traces"][0]["layers"]
    assert layers[0]["removed"] == trace.layers[0].removed.tolist()


def test_a_folder_that_is_gone_is_one_sentence(window: Window, save_to: Any) -> None:
    save_to("export-layer-table", "nowhere/layers.csv")
    assert kind(window) == "error"
    assert "Saving layers.csv failed" in said(window)
    assert "choose another place" in said(window)


def test_a_kind_of_file_that_is_not_written_is_said(
    window: Window, save_to: Any
) -> None:
    path = save_to("export-pane", "figure.jpg")
    assert said(window) == (
        "figure.jpg is not written; its name must end in .png, .svg, .pdf."
    )
    assert not path.exists()


def test_cancel_leaves_what_was_there(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"before")
    monkeypatch.setattr(window.dialogs, "ask_to_save", lambda *_: path)
    monkeypatch.setattr(window.dialogs, "ask_width", lambda _usual: 400)
    window.commands.action("export-all").trigger()
    banner = window.messages.banner(SUBJECT)
    assert banner is not None
    assert banner.label.text() == "Saving figure.png …"
    banner.buttons[0].click()
    assert window.messages.banner(SUBJECT) is None
    # What comes after it shows that it has ended.
    window.commands.action("copy-all").trigger()
    qtbot.waitUntil(lambda: kind(window) == "info", timeout=60_000)
    assert path.read_bytes() == b"before"


# -- clipboard --------------------------------------------------------------------


@pytest.mark.parametrize("command", ["copy-pane", "copy-all"])
def test_a_picture_is_copied(window: Window, qtbot: QtBot, command: str) -> None:
    QGuiApplication.clipboard().clear()
    window.commands.action(command).trigger()
    qtbot.waitUntil(lambda: kind(window) == "info", timeout=60_000)
    assert QGuiApplication.clipboard().image().width() == 1600


def test_the_table_is_copied_for_spreadsheets(window: Window) -> None:
    window.commands.action("copy-table").trigger()
    data = QGuiApplication.clipboard().mimeData()
    lines = data.text().splitlines()
    assert len(lines) == 1 + 2 * 3
    rows = list(csv.reader(io.StringIO(bytes(data.data("text/csv").data()).decode())))
    assert rows[1] == lines[1].split("\t")


def test_the_trace_is_copied_as_json(window: Window, qtbot: QtBot) -> None:
    window.commands.action("copy-trace").trigger()
    qtbot.waitUntil(lambda: kind(window) == "info")
    report = json.loads(QGuiApplication.clipboard().text())
    assert report["kind"] == "trace"


def test_command_and_script_are_copied_and_what_they_leave_out_is_said(
    window: Window,
) -> None:
    window.commands.action("copy-command").trigger()
    assert QGuiApplication.clipboard().text().startswith("gtp-viewer ")
    assert said(window) == "The command is on the clipboard."
    document = window.desk.document
    first, second = (entry.entry.id for entry in window.desk.view.panes)
    window.desk.apply(add_difference(document, first, second))
    window.commands.action("copy-python").trigger()
    assert "import gtp_core as gtp" in QGuiApplication.clipboard().text()
    assert said(window).endswith("It leaves out: differences of two panes.")


def test_what_is_copied_follows_the_layer(window: Window) -> None:
    window.desk.apply(changes.set_layer(window.desk.document, 2))
    window.commands.action("copy-command").trigger()
    assert "--layer 3" in QGuiApplication.clipboard().text()


# -- jobs -------------------------------------------------------------------------


def test_a_job_tells_its_progress_and_its_result(window: Window, qtbot: QtBot) -> None:
    told: list[object] = []

    def work(progress: Any) -> str:
        progress(1, 2)
        return "result"

    jobs = Jobs(window)
    jobs.start(Job(work, told.append, told.append, lambda *n: told.append(n)))
    qtbot.waitUntil(lambda: told == [(1, 2), "result"])
    jobs.close()


def test_a_cancelled_job_stops_at_its_next_step(window: Window) -> None:
    told: list[object] = []
    steps: list[int] = []

    def work(progress: Any) -> None:
        for step in range(3):
            steps.append(step)
            job.cancel()
            progress(step, 3)

    job = Job(work, told.append, told.append, lambda *n: told.append(n))
    jobs = Jobs(window)
    jobs.start(job)
    jobs.close()
    assert (steps, told) == ([0], [])


def test_an_error_of_a_job_arrives(window: Window, qtbot: QtBot) -> None:
    told: list[object] = []
    jobs = Jobs(window)

    def work(_progress: Any) -> None:
        raise OSError(28, "No space left on device")

    jobs.start(Job(work, lambda _: None, told.append, lambda *_: None))
    qtbot.waitUntil(lambda: len(told) == 1)
    assert isinstance(told[0], OSError)
    jobs.close()
