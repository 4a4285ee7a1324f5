"""Every overlay looks as its stored picture, in the window and in files.

The pictures are in ``tests/pictures/stored``; ``make pictures`` paints them anew.
"""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gtp_core.drawing import overlays
from gtp_viewer import theme
from gtp_viewer.canvas.legend import Legend
from tests.pictures import painting, stored
from tests.pictures.scenes import Case, Pixels, case, cases, with_alpha

PAINTERS = {"qt": painting.with_qt, "matplotlib": painting.with_matplotlib}
CASES = {one.name: one for one in cases()}


@pytest.fixture(params=PAINTERS)
def painter(request: pytest.FixtureRequest) -> str:
    """The name of a painter."""
    name: str = request.param
    return name


@pytest.mark.parametrize("name", CASES)
def test_it_is_painted_as_it_is_stored(name: str, painter: str) -> None:
    stored.check(f"{name}-{painter}", PAINTERS[painter](CASES[name]))


def test_there_is_a_small_picture_of_every_overlay() -> None:
    expected = {f"{name}-{painter}.png" for name in CASES for painter in PAINTERS}
    files = list(stored.FOLDER.glob("*.png"))
    assert {file.name for file in files} == expected
    assert {f"overlay-{overlay.name}" for overlay in overlays.load()} <= set(CASES)
    assert max(file.stat().st_size for file in files) <= stored.LARGEST


def test_another_picture_is_noticed() -> None:
    painted = painting.with_qt(case("gtp"))
    with pytest.raises(AssertionError, match="of pixels differ"):
        stored.check("tome-qt", painted)
    with pytest.raises(AssertionError, match="another size"):
        stored.check("gtp-qt", painted[:-1])


# -- what must be told apart ------------------------------------------------------


def differs(one: Pixels, two: Pixels) -> float:
    share, _ = stored.difference(one, two)
    return share


def test_little_and_much_handed_over_look_different(painter: str) -> None:
    paint = PAINTERS[painter]
    little, usual, much = (paint(with_alpha(alpha)) for alpha in (0.01, 0.1, 1.0))
    assert differs(little, much) > 0.03
    assert differs(usual, much) > 0.015


def test_what_is_kept_of_a_removed_token_tells_gtp_from_tome(painter: str) -> None:
    """The ring in a patch that leaves is filled for ToMe and nearly empty for GTP."""
    shares = {}
    for name in ("gtp", "tome"):
        one = CASES[name]
        removed = int(one.scene.step.removed[0])
        shares[name] = ring_share(PAINTERS[painter](one), removed, one)
    assert shares["tome"] > 0.9
    assert shares["gtp"] < 0.3


def ring_share(picture: Pixels, patch: int, one: Case) -> float:
    """How much of the ring in a patch has the colour of the method, in the large half.

    Looked at on a circle between the middle and the rim.
    """
    x, y = one.scene.centres[patch] * 4 + (128, 0)
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = 0.19 * 16 * 4
    rows = np.rint(y + radius * np.sin(angles)).astype(int)
    columns = np.rint(x + radius * np.cos(angles)).astype(int)
    color = np.array(list(bytes.fromhex(one.scene.look.color[1:])))
    apart = np.abs(picture[rows, columns].astype(int) - color).max(-1)
    return float((apart < 40).mean())


@pytest.mark.parametrize("name", ["black", "white"])
def test_who_left_is_seen_on_black_and_on_white(name: str, painter: str) -> None:
    one = CASES[name]
    picture = PAINTERS[painter](one)[:, 128:].astype(int)
    gone = [p for p in range(16) if p not in one.scene.step.tokens]
    assert gone
    for patch in gone:
        x, y, width, height = (int(4 * side) for side in one.scene.rects[patch])
        cell = picture[y + 8 : y + height - 8, x + 8 : x + width - 8]
        photo = 0 if name == "black" else 255
        assert np.abs(cell - photo).max(-1).mean() > 25
    stays = next(p for p in one.scene.step.kept if p not in one.scene.step.links.target)
    x, y, *_ = (int(4 * side) for side in one.scene.rects[stays])
    assert set(np.unique(picture[y + 20 : y + 40, x + 20 : x + 40])) == {photo}


# -- themes -----------------------------------------------------------------------


def grabbed(widget: QWidget) -> Pixels:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), -1, 3).copy()


def test_the_theme_changes_the_words_of_the_legend_and_not_its_samples(
    qapp: QApplication, qtbot: QtBot
) -> None:
    one = CASES["gtp"]
    entries = [
        entry
        for overlay in overlays.load()
        if overlay.name in one.shown
        for entry in overlay.legend(one.scene, {})
    ]
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(tuple(entries))
    legend.resize(900, legend.sizeHint().height())
    pictures = []
    for scheme in ("dark", "light"):
        theme.apply(qapp, scheme)
        pictures.append(grabbed(legend))
    dark, light = pictures
    assert differs(dark, light) > 0.3  # the paper
    chip = np.array(list(bytes.fromhex("6B6E75")))
    on_dark, on_light = ((picture == chip).all(-1) for picture in pictures)
    assert on_dark.sum() > 1000
    # A letter's rim may have the colour of a chip by chance.
    assert (on_dark & on_light).sum() > 0.97 * max(on_dark.sum(), on_light.sum())


def test_the_theme_changes_nothing_on_the_photo(qapp: QApplication) -> None:
    pictures = []
    for scheme in ("dark", "light"):
        theme.apply(qapp, scheme)
        pictures.append(painting.with_qt(CASES["gtp"]))
    assert np.array_equal(*pictures)
