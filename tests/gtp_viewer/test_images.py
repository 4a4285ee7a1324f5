"""Photos come in by every door; a broken one harms nobody."""

from pathlib import Path

from gtp_viewer.main_window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from tests.gtp_viewer import records
from tests.gtp_viewer.mouse import drop, files


def names(window: MainWindow) -> list[tuple[str, str]]:
    return [(item.name, item.status) for item in window.state.images]


def test_files_and_folders_are_dropped_anywhere(
    bare_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    records.photo_file(folder, "10.png")
    records.photo_file(folder, "9.png", width=100)
    single = records.photo_file(tmp_path, "single.png", width=110)
    drop(bare_window, files(single, folder))
    ready = [("single.png", "ready"), ("9.png", "ready"), ("10.png", "ready")]
    qtbot.waitUntil(lambda: names(bare_window) == ready)
    assert bare_window.images.list.count() == 3
    assert bare_window.windowTitle() == "single.png – gtp-viewer"


def test_a_broken_image_is_explained_and_the_others_go_on(
    bare_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    good = records.photo_file(tmp_path, "a.png")
    broken = tmp_path / "b.png"
    broken.write_bytes(good.read_bytes()[:200])
    other = records.photo_file(tmp_path, "c.png", width=100)
    drop(bare_window, files(broken, good, other))
    expected = [("b.png", "bad"), ("a.png", "ready"), ("c.png", "ready")]
    qtbot.waitUntil(lambda: names(bare_window) == expected)
    (text,) = bare_window.messages.texts()
    assert text.startswith("b.png ")
    assert text.endswith(".")
    assert bare_window.state.image is not None
    assert bare_window.state.image.name == "a.png"
    item = bare_window.images.list.item(0)
    assert text in item.toolTip()
    bare_window.images.list.setCurrentRow(0)  # it cannot be chosen
    assert bare_window.state.image.name == "a.png"


def test_a_folder_without_images_is_explained(
    bare_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(bare_window, files(tmp_path))
    qtbot.waitUntil(
        lambda: bare_window.messages.texts() == ["No image was found there."]
    )


def test_a_picture_is_pasted(bare_window: MainWindow, qtbot: QtBot) -> None:
    picture = QImage(60, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor(10, 200, 30))
    QGuiApplication.clipboard().setImage(picture)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(bare_window, Qt.Key.Key_V, control)
    qtbot.waitUntil(lambda: names(bare_window) == [("pasted image", "ready")])
    thumbnail = bare_window.state.images[0].thumbnail
    assert thumbnail is not None
    assert thumbnail.pixelColor(5, 5) == QColor(10, 200, 30)


def test_files_are_pasted(
    bare_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    QGuiApplication.clipboard().setMimeData(files(records.photo_file(tmp_path)))
    bare_window.paste()
    qtbot.waitUntil(lambda: names(bare_window) == [("photo.png", "ready")])


def test_an_empty_clipboard_is_explained(bare_window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("no image")
    bare_window.paste()
    assert bare_window.messages.texts() == ["The clipboard holds no image."]


def test_an_image_is_removed_with_delete(window: MainWindow, qtbot: QtBot) -> None:
    window.images.list.setFocus()
    qtbot.keyClick(window.images.list, Qt.Key.Key_Delete)
    assert window.state.images == ()
    assert not window.images.list.isVisible()
    assert window.images.empty.isVisible()
    assert window.windowTitle() == "gtp-viewer"
    assert all(pane.scene is None for pane in window.canvas.panes)


def test_a_click_on_a_thumbnail_shows_the_photo(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    other = records.photo_file(tmp_path, "other.png", width=100)
    with qtbot.waitSignal(window.session.loader.read):
        window.session.add_paths([other])
    panel = window.images.list
    place = panel.visualItemRect(panel.item(1)).center()
    with qtbot.waitSignal(window.session.photo_shown):
        qtbot.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.state.image is not None
    assert window.state.image.name == "other.png"


def test_the_sample_photos_are_there(bare_window: MainWindow, qtbot: QtBot) -> None:
    bare_window.open_samples()
    qtbot.waitUntil(
        lambda: (
            len(bare_window.state.images) >= 3
            and all(item.status == "ready" for item in bare_window.state.images)
        ),
        timeout=20_000,
    )
