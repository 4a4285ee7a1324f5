"""Animations: one frame for each layer, steady, repeated for ever."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from gtp_core.drawing import figures
from gtp_core.drawing.picture import Picture
from gtp_core.drawing.shots import PaneShot
from tests.gtp_core.drawing.scenes import scene, tome_trace

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def shots() -> list[PaneShot]:
    picture = Picture(NOISE)
    return [
        PaneShot("GTP", picture, scene()),
        PaneShot("ToMe", picture, scene(trace=tome_trace())),
    ]


def saved(path: Path) -> tuple[list[np.ndarray], list[int], int]:
    """Pixels and times of the frames, and how often they are repeated (0: always)."""
    figures.save_animation(path, shots(), "photo", ["made by a test"], width=420)
    with Image.open(path) as image:
        frames = [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(image)
        ]
        return [f for f, _ in frames], [t for _, t in frames], image.info["loop"]


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_there_is_a_frame_for_each_layer_and_the_last_one_stays(
    tmp_path: Path, suffix: str
) -> None:
    frames, times, loop = saved(tmp_path / f"layers{suffix}")
    assert len(frames) == 3
    assert {frame.shape[1] for frame in frames} == {420}
    assert times[:2] == [600, 600]
    assert sum(times[2:]) == 2400
    assert loop == 0


def test_what_does_not_change_keeps_still(tmp_path: Path) -> None:
    drawn = [np.asarray(frame) for frame in figures.Frames(shots(), "photo", (), 420)]
    figures.save_animation(tmp_path / "a.gif", shots(), "photo", width=420)
    with Image.open(tmp_path / "a.gif") as image:
        shown = [
            np.asarray(frame.convert("RGB"), np.int16)
            for frame in ImageSequence.Iterator(image)
        ]
    for before, after, one, two in zip(
        drawn, drawn[1:], shown, shown[1:], strict=False
    ):
        still = (before == after).all(-1)
        assert 0.5 < still.mean() < 1
        assert (one == two).all(-1)[still].all()


def test_a_gif_keeps_the_colours_of_marks_and_paper(tmp_path: Path) -> None:
    frames, _, _ = saved(tmp_path / "a.gif")
    colors = {tuple(color) for color in frames[0].reshape(-1, 3).tolist()}
    assert frames[0][0, 0].tolist() == [255, 255, 255]
    for exact in ("#0072B2", "#202124"):
        assert tuple(bytes.fromhex(exact[1:])) in colors


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_the_same_traces_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    saved(one)
    saved(two)
    assert one.read_bytes() == two.read_bytes()


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.png .* allowed: \.gif, \.webp"):
        figures.save_animation(tmp_path / "a.png", shots())


def test_an_animation_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one shot"):
        figures.save_animation(tmp_path / "a.gif", [])
