"""Miniatures and figures of all layers are made little by little, and remembered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.photos.photo import Photo
from gtp_viewer.canvas.films import (
    MOST_FILMS,
    Figures,
    Film,
    FilmKey,
    FilmMaker,
    percent,
    plain_values,
)
from gtp_viewer.canvas.photo import PaintedPhoto
from tests.gtp_viewer import records

VALUES = (("lines", "none"), ("removed", "bleach"))
RED = np.zeros((96, 128, 3), np.uint8) + np.array([200, 30, 40], np.uint8)


@pytest.fixture
def photo() -> PaintedPhoto:
    return PaintedPhoto.of(Photo.from_array(RED, "red"))


def scene(layer: int = 0) -> Scene:
    return Scene(records.geometry(), records.gtp_trace(), Look("#0072B2"), layer)


def key_of(shown: Scene, size: int = 40, is_dark: bool = True) -> FilmKey:
    return FilmKey(
        shown.trace, shown.look, shown.geometry, VALUES, is_dark, (size, size), 1.0
    )


class Clock:
    """Each look at it takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


def made_film(qtbot: QtBot, photo: PaintedPhoto, shown: Scene, size: int = 40) -> Film:
    maker = FilmMaker()
    film = maker.film(key_of(shown, size), shown, photo, 0)
    qtbot.waitUntil(lambda: film.is_complete)
    return film


def color(film: Film, layer: int, patch: int) -> tuple[int, int, int]:
    """The middle of a patch in a miniature."""
    image: QImage = film.pictures[layer].toImage()
    row, column = divmod(patch, 4)
    pixel = image.pixelColor(10 * column + 5, 10 * row + 5)
    return pixel.red(), pixel.green(), pixel.blue()


def test_a_film_is_made_in_slices_from_the_shown_layer_outwards(
    qtbot: QtBot, photo: PaintedPhoto
) -> None:
    maker = FilmMaker(clock=Clock(1.0))  # each piece of work takes a whole slice
    made: list[int] = []
    maker.made.connect(lambda _film, layer: made.append(layer))
    film = maker.film(key_of(scene()), scene(), photo, 1)
    assert not film.figures
    assert film.pictures == {}
    qtbot.waitUntil(lambda: maker.is_idle)
    assert made == [-1, 1, 0, 2]
    assert film.is_complete


def test_short_work_shares_a_slice(qtbot: QtBot, photo: PaintedPhoto) -> None:
    maker = FilmMaker(clock=Clock(0.0))
    film = maker.film(key_of(scene()), scene(), photo, 0)
    maker._work()
    assert film.is_complete
    qtbot.waitUntil(lambda: maker.is_idle)


def test_films_take_turns(qtbot: QtBot, photo: PaintedPhoto) -> None:
    maker = FilmMaker(clock=Clock(1.0))
    made: list[object] = []
    maker.made.connect(lambda film, _layer: made.append(film))
    shown = [scene(), scene()]
    films = [maker.film(key_of(one), one, photo, 0) for one in shown]
    qtbot.waitUntil(lambda: maker.is_idle)
    assert made[:4] == [*films, *films]


def test_a_film_is_remembered_under_all_that_it_depends_on(
    qtbot: QtBot, photo: PaintedPhoto
) -> None:
    maker, shown = FilmMaker(), scene()
    key = key_of(shown)
    film = maker.film(key, shown, photo, 0)
    qtbot.waitUntil(lambda: maker.is_idle)
    assert maker.film(replace(key), shown, photo, 2) is film
    assert maker.is_idle
    others = [
        replace(key, trace=records.gtp_trace()),
        replace(key, look=Look("#E69F00")),
        replace(key, geometry=records.geometry(96, 96)),
        replace(key, values=(("lines", "none"), ("removed", "hide"))),
        replace(key, is_dark=False),
        replace(key, size=(28, 28)),
        replace(key, ratio=2.0),
    ]
    assert all(maker.film(other, shown, photo, 0) is not film for other in others)


def test_films_are_bounded(photo: PaintedPhoto) -> None:
    maker = FilmMaker()
    shown = [scene() for _ in range(MOST_FILMS + 5)]
    films = [maker.film(key_of(one), one, photo, 0) for one in shown]
    assert maker.film(key_of(shown[-1]), shown[-1], photo, 0) is films[-1]
    assert maker.film(key_of(shown[0]), shown[0], photo, 0) is not films[0]


def test_what_nobody_waits_for_is_not_made(photo: PaintedPhoto) -> None:
    maker, shown = FilmMaker(clock=Clock(1.0)), scene()
    film = maker.film(key_of(shown), shown, photo, 0)
    maker.drop(key_of(shown))
    maker._work()
    assert not film.figures
    assert maker.is_idle


def test_a_miniature_shows_who_is_left(qtbot: QtBot, photo: PaintedPhoto) -> None:
    film = made_film(qtbot, photo, scene())
    kept, first, second = 3, 0, 10  # patch 0 leaves in layer 1, patch 10 in layer 2
    photo_color = (200, 30, 40)
    assert color(film, 0, kept) == color(film, 2, kept) == photo_color
    assert color(film, 0, second) == photo_color
    assert color(film, 1, second) != photo_color
    pale = color(film, 1, first)
    assert min(pale) > 100  # paper, not darkness
    assert color(film, 2, second) == color(film, 2, first)


def test_it_looks_the_same_whichever_layer_was_shown(
    qtbot: QtBot, photo: PaintedPhoto
) -> None:
    first = made_film(qtbot, photo, scene(0))
    last = made_film(qtbot, photo, replace(scene(2), selected=3))
    for layer in range(3):
        one, other = first.pictures[layer], last.pictures[layer]
        assert one.toImage() == other.toImage()


def test_strokes_are_left_out_where_they_would_hide_the_photo(
    qtbot: QtBot, photo: PaintedPhoto
) -> None:
    large = made_film(qtbot, photo, scene(), 40).pictures[0].toImage()
    small = made_film(qtbot, photo, scene(), 16).pictures[0].toImage()
    blue = [
        sum(
            image.pixelColor(x, y).blue() > image.pixelColor(x, y).red() + 20
            for x in range(image.width())
            for y in range(image.height())
        )
        for image in (large, small)
    ]
    assert blue[0] > 0  # the frame of what leaves, in the method's colour
    assert blue[1] == 0


def test_the_figures_are_those_of_the_trace(qtbot: QtBot, photo: PaintedPhoto) -> None:
    film = made_film(qtbot, photo, scene())
    trace = film.key.trace
    assert [one.left for one in film.figures] == [14, 12, 12]
    for layer, one in enumerate(film.figures):
        assert one.lost == pytest.approx(float(trace.lost(layer).mean()))


def test_nothing_is_lost_where_nothing_leaves(
    qtbot: QtBot, photo: PaintedPhoto
) -> None:
    shown = replace(scene(), trace=records.unpruned_trace())
    film = made_film(qtbot, photo, shown)
    assert [one.lost for one in film.figures] == [None] * 3
    assert film.figures[0].lost_text == ""
    assert film.figures[0].sentence(0, 3) == "Layer 1 of 3: 16 tokens left."


def test_a_layer_in_words() -> None:
    found = Figures(141, 2, 0.234).sentence(5, 12)
    assert found == (
        "Layer 6 of 12: 141 tokens left, 2 of them added by the method; "
        "23 % of the content lost."
    )
    assert "5 % more than there was" in Figures(141, 0, -0.05).sentence(5, 12)
    assert Figures(141, 0, 0.0).lost_text == "0 %"
    assert Figures(141, 0, -1e-6).lost_text == "0 %"
    assert percent(-0.051) == "−5 %"


def test_options_of_the_grid_go_into_the_miniature_but_for_its_lines() -> None:
    found = plain_values({"removed": "tint", "lines": "thin"})
    assert dict(found) == {"removed": "tint", "lines": "none"}
    assert plain_values({"x": "y"}) == (("x", "y"),)
