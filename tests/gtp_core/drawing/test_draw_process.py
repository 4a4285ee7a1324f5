"""Figures that are drawn by another process."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from gtp_core.drawing import draw_process
from gtp_core.drawing.draw_process import Task, draw, draw_elsewhere
from gtp_core.drawing.picture import Picture
from gtp_core.drawing.shots import PaneShot
from tests.gtp_core.drawing.scenes import scene

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
SHOT = PaneShot("GTP", Picture(NOISE[..., ::-1]), scene())
TASK = Task("view", [SHOT], "title", ["note"], ".png", 400)


def ignore(_done: int, _of: int) -> None:
    pass


@pytest.mark.parametrize("what", ["view", "strip"])
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_file_is_the_same_as_one_drawn_here(what: str, suffix: str) -> None:
    task = replace(TASK, what=what, suffix=suffix)
    assert draw_elsewhere(task, ignore) == draw(task, ignore)


def test_an_animation_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    task = replace(TASK, what="animation", suffix=".gif", width=300)
    data = draw_elsewhere(task, lambda done, of: told.append((done, of)))
    assert [pair for pair in told if pair[1]] == [(1, 3), (2, 3), (3, 3)]
    with Image.open(io.BytesIO(data)) as image:
        assert (image.n_frames, image.width) == (3, 300)


def test_what_cannot_be_drawn_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"The width is 5 pixels; allowed"):
        draw_elsewhere(replace(TASK, width=5), ignore)


def test_it_ends_at_once_when_nobody_wants_it() -> None:
    class Unwanted(Exception):  # noqa: N818
        pass

    calls = []

    def stop(*numbers: int) -> None:
        calls.append(numbers)
        raise Unwanted

    with pytest.raises(Unwanted):
        draw_elsewhere(replace(TASK, what="animation", suffix=".gif"), stop)
    assert len(calls) == 1


def test_a_process_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_process.sys, "executable", "true")
    large = np.zeros((600, 600, 3), np.uint8)  # more than a pipe holds
    for pixels in (NOISE, large):
        shot = replace(SHOT, picture=Picture(pixels))
        with pytest.raises(ValueError, match="ended before it was done"):
            draw_elsewhere(replace(TASK, shots=[shot]), ignore)
