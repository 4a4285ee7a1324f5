"""The copied command and the copied script show what is on screen."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.document import KEEP, Document, OverlayState, PatchMark
from gtp_core.document.panes import shown_entries
from gtp_core.document.reproduced import as_command, as_python
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.tome import ToMe
from gtp_viewer import app, startup
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all


def reread(line: str) -> Document:
    """What the program would make of a line."""
    program, *arguments = shlex.split(line)
    assert program == "gtp-viewer"
    return startup.first_document(app.parse_arguments(arguments))


def drawn(document: Document) -> dict[str, dict[str, str]]:
    return {o.name: dict(o.values) for o in document.overlays if o.is_visible}


def test_the_command_leads_to_the_same_document(window: Window) -> None:
    desk = window.desk
    document = changes.set_layer(desk.document, 2)
    document = changes.select_point(document, (0.31, 0.62))
    values = (("removed", "hide"), ("lines", "thin"))
    document = changes.set_overlay(document, OverlayState("grid", True, values))
    document = changes.set_overlay(document, OverlayState("graph", True))
    document = changes.set_overlay(document, OverlayState("links", False))
    desk.apply(document)
    line, missing = as_command(desk.view)
    found = reread(line)
    assert missing == []
    assert found.model == document.model
    methods = [entry.method for entry in shown_entries(found)]
    assert methods == [entry.method for entry in shown_entries(document)]
    assert (found.layer, found.point) == (2, (0.31, 0.62))
    assert drawn(found)["grid"] == {"removed": "hide", "lines": "thin"}
    assert set(drawn(found)) == set(drawn(document))


def test_names_are_quoted_for_the_shell(
    bare_window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    name = "it's $HOME; rm -rf.png"
    path = records.photo_file(tmp_path, name)
    bare_window.desk.open([path])
    show_all(bare_window, bridge, qtbot)
    line, _ = as_command(bare_window.desk.view)
    echoed = subprocess.run(
        ["/bin/sh", "-c", line.replace("gtp-viewer", "printf '%s\\n'", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert echoed.stdout.splitlines()[0] == str(path)


def test_without_overlays_none_is_drawn(window: Window) -> None:
    document = window.desk.document
    hidden = tuple(replace(o, is_visible=False) for o in document.overlays)
    window.desk.apply(replace(document, overlays=hidden))
    assert drawn(reread(as_command(window.desk.view)[0])) == {}


def test_panes_of_other_networks_are_named(window: Window) -> None:
    document = changes.add_method(window.desk.document, ToMe(merged=4))
    other = ModelSpec("deit_tiny_patch16_224", weights="random")
    document = changes.set_entry_model(document, document.active, other)
    window.desk.apply(document)
    found = reread(as_command(window.desk.view)[0])
    pairs = [(found.model_of(e).name, e.method) for e in shown_entries(found)]
    assert pairs[-1] == ("deit_tiny_patch16_224", ToMe(merged=4))
    assert pairs[0][0] == "demo"


def test_what_no_option_says_is_named(window: Window) -> None:
    window.desk.apply(changes.add_pasted(window.desk.document))
    _, missing = as_command(window.desk.view)
    assert missing == ["the pasted picture, which is in no file"]


@pytest.mark.parametrize(
    "wrong", [["--overlay", "gird"], ["--overlay", "grid:a=b"], ["--point", "2,0"]]
)
def test_wrong_options_are_refused(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app.parse_arguments(wrong)
    assert ended.value.code == 2
    assert "allowed" in capsys.readouterr().err


def test_the_script_runs_as_it_is_and_draws_the_panes(
    window: Window, tmp_path: Path
) -> None:
    desk = window.desk
    document = changes.set_layer(desk.document, 1)
    desk.apply(changes.select_point(document, (0.4, 0.6)))
    text, missing = as_python(desk.view)
    assert missing == []
    script = tmp_path / "shown.py"
    script.write_text(text)
    ran = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    with Image.open(tmp_path / "layer2.png") as image:
        assert image.width > 1000  # two panes


def test_marks_are_in_the_script_and_named_as_missing_in_the_command(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    desk = window.desk
    photo = desk.document.photo
    assert photo is not None
    mark = PatchMark(photo, (0.4, 0.6), KEEP)
    desk.apply(replace(desk.document, marks=(mark,)))
    show_all(window, bridge, qtbot)
    pinned = desk.view.panes[0].edits.pinned
    assert len(pinned) == 1
    text, _ = as_python(desk.view)
    assert f"fast.trace(images, gtp.Edits(pinned={pinned}, forced=()" in text
    _, missing = as_command(desk.view)
    assert missing == ["the patches that are to stay or to leave"]


def test_the_command_runs_as_it_is(window: Window, tmp_path: Path) -> None:
    line, _ = as_command(window.desk.view)
    _, *arguments = shlex.split(line)
    file = tmp_path / "window.png"
    arguments += ["--screenshot", str(file)]
    ran = subprocess.run(
        [sys.executable, "-m", "gtp_viewer", *arguments], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    with Image.open(file) as image:
        assert min(image.size) > 600
