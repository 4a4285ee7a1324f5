"""The program as it is called."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.session import make_session, write_session
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import app, startup
from gtp_viewer.error_hook import ErrorHook
from gtp_viewer.window import Window
from tests.gtp_viewer import records


def run(*arguments: str, log: Path, **variables: str) -> subprocess.CompletedProcess:  # type: ignore[type-arg]
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    environment |= {"GTP_VIEWER_LOG": str(log), "OMP_NUM_THREADS": "1", **variables}
    return subprocess.run(
        [sys.executable, "-m", "gtp_viewer", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=280,
        check=False,
    )


def test_arguments_are_understood() -> None:
    options = app.parse_arguments(
        ["a.jpg", "--method", "gtp:P=4", "--method", "tome:r=2", "--layer", "6"]
    )
    assert options.images == [Path("a.jpg")]
    assert options.method == [GTP(propagated=4), ToMe(merged=2)]
    assert options.layer == 6
    assert options.model is None
    assert startup.first_document(options).model == ModelSpec()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--method", "gtp:P=-1"], "propagated is -1"),
        (["--method", "magic"], "Unknown method 'magic'"),
        (["--layer", "0"], "'0' is not a layer"),
        (["--size", "big"], "'big' is not a size"),
        (["--screenshot", "out.jpg"], "must end in .png"),
        (["--device", "abacus"], "abacus"),
        (["--engine", "ssh 'board"], "check its quotes"),
        (["a.gtp.json", "b.gtp.json"], "Only one session can be open"),
    ],
)
def test_wrong_usage_is_explained(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        app.parse_arguments(arguments)
    assert stop.value.code == 2
    assert named in capsys.readouterr().err


def test_without_a_display_it_says_what_to_do(own_log: Path) -> None:
    done = run(log=own_log)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "--screenshot" in done.stderr


def test_a_picture_of_the_window_needs_no_display(
    own_log: Path, tmp_path: Path
) -> None:
    photo = records.photo_file(tmp_path)
    picture = tmp_path / "out.png"
    done = run(
        *(str(photo), "--weights", "random", "--layer", "6"),
        *("--size", "1000x640", "--screenshot", str(picture)),
        log=own_log,
    )
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1000, 640)
    shades = {image.pixel(x, 200) for x in range(0, 1000, 3)}
    assert len(shades) > 50  # the photo with its marks, no empty window


def test_a_picture_needs_a_folder(own_log: Path, tmp_path: Path) -> None:
    picture = tmp_path / "missing" / "out.png"
    done = run("--screenshot", str(picture), log=own_log)
    assert done.returncode == 1
    assert done.stderr == (f"gtp-viewer: the folder {picture.parent} does not exist.\n")


def test_a_picture_of_a_session(own_log: Path, tmp_path: Path) -> None:
    photo = records.photo_file(tmp_path)
    model = ModelSpec("demo", "random", "cpu")
    document = changes.set_model(changes.add_photos(Document(), [str(photo)]), model)
    document = changes.set_layer(document, 40)  # which is said
    file = tmp_path / "fig.gtp.json"
    write_session(file, make_session(document, {}, tmp_path))
    picture = tmp_path / "out.png"
    done = run(*(str(file), "--layer", "6", "--screenshot", str(picture)), log=own_log)
    assert (done.returncode, done.stderr) == (0, "")
    assert not QImage(str(picture)).isNull()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "fig.gtp.json is damaged: it is not valid JSON."),
        (
            '{"format": "gtp-session", "version": 2, "document": {}}',
            "fig.gtp.json holds no photo.",
        ),
    ],
)
def test_a_picture_of_a_session_that_shows_nothing_fails_in_one_line(
    own_log: Path, tmp_path: Path, text: str, words: str
) -> None:
    file, picture = tmp_path / "fig.gtp.json", tmp_path / "out.png"
    file.write_text(text, encoding="utf-8")
    done = run(str(file), "--screenshot", str(picture), log=own_log)
    assert (done.returncode, done.stderr) == (1, f"gtp-viewer: {words}\n")
    assert not picture.exists()


def test_options_replace_what_a_session_says() -> None:
    options = app.parse_arguments(["fig.gtp.json", "--model", "deit_tiny", "--layer=2"])
    saved = Document(model=ModelSpec("demo", "mine.pth", "cpu"), layer=7)
    changed = startup.with_options(saved, options)
    assert changed.model == ModelSpec("deit_tiny", "auto", "cpu")
    assert changed.layer == 1
    assert changed.entries == saved.entries
    nothing = app.parse_arguments(["fig.gtp.json"])
    assert startup.with_options(saved, nothing) == saved


def test_a_display_that_cannot_be_reached_is_explained(own_log: Path) -> None:
    done = run(log=own_log, DISPLAY=":987", QT_QPA_PLATFORM="xcb")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "no window can be opened on this display" in done.stderr
    assert str(own_log) in done.stderr


def test_an_unreachable_display_does_not_matter_for_a_picture(
    own_log: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing of the kind")
    picture = str(tmp_path / "out.png")
    done = run(str(broken), "--screenshot", picture, log=own_log, DISPLAY=":987")
    assert done.returncode == 1
    assert "broken.png" in done.stderr


def test_the_truth_is_always_compared_with() -> None:
    options = app.parse_arguments(["--method", "gtp:P=4"])
    window = startup.make_window(options, None)
    document = window.desk.document
    assert document.methods == (Unpruned(), GTP(propagated=4))
    assert document.active_entry.method == GTP(propagated=4)
    assert [entry.is_shown for entry in document.entries] == [False, True]
    window.close()


def test_a_picture_of_a_broken_photo_fails_in_one_line(
    own_log: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing of the kind")
    picture = tmp_path / "out.png"
    done = run(str(broken), "--screenshot", str(picture), log=own_log)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "broken.png" in done.stderr
    assert not picture.exists()


def test_the_window_outlives_an_error(
    bare_window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    hook = ErrorHook(bare_window, bare_window.messages)
    try:
        try:
            raise RuntimeError("a cable is loose")
        except RuntimeError as error:
            with caplog.at_level(logging.ERROR):
                sys.excepthook(RuntimeError, error, error.__traceback__)
    finally:
        hook.uninstall()
    (text,) = bare_window.messages.texts()
    assert "a cable is loose" in text
    assert "log.txt" in text
    assert "Traceback" in caplog.text
    assert bare_window.isVisible()


def test_the_window_is_up_without_torch_and_plots(tmp_path: Path) -> None:
    """What makes the start slow is imported after the window is on screen."""
    code = (
        "import sys\n"
        "from gtp_viewer import app, startup\n"
        "qt = startup.make_application()\n"
        "window = startup.make_window(app.parse_arguments([]), None)\n"
        "window.show()\n"
        "qt.processEvents()\n"
        "heavy = {'torch', 'timm', 'pyqtgraph', 'multiprocessing'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "GTP_VIEWER_LOG": str(tmp_path / "log.txt")},
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"
