"""Animations through the layers: GIF and WebP that repeat for ever.

A GIF has 256 colours. All frames share one palette, and colours between are made with
a fixed pattern of dots, so that what does not change from layer to layer keeps still.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gtp_core.drawing import roles
from gtp_core.drawing.figure_file import figure_pixels
from gtp_core.drawing.figure_kinds import ANIMATED
from gtp_core.drawing.paper import FAINT_INK, INK, PAPER
from gtp_core.drawing.roles import CASING, Role
from gtp_core.drawing.shots import Shot
from gtp_core.drawing.swatches import CHIP
from gtp_core.drawing.view_figure import composed
from gtp_core.files import write_whole
from gtp_core.methods.families import FAMILIES

WIDTH = 1200
"""Pixels of a frame across, unless something else is asked for."""
SECONDS, LAST_SECONDS = 0.6, 2.4
_DITHER = 12.0
"""How far, in steps of 0 to 255, the pattern of dots moves a colour at most."""
_PALETTE_FRAMES = 6
"""The palette is made of so many frames: first, last and some between."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The frames of an animation, made one by one: one for each layer.

    All have the same size and the same legend, so that nothing jumps.
    """

    shots: Sequence[Shot]
    title: str = ""
    notes: Sequence[str] = ()
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not self.shots:
            raise ValueError("An animation needs at least one shot.")

    def __len__(self) -> int:
        return max(shot.depth for shot in self.shots)

    def __iter__(self) -> Iterator[Image.Image]:
        for layer in range(len(self)):
            yield self._frame(layer)

    def _frame(self, layer: int) -> Image.Image:
        words = f"layer {layer + 1} of {len(self)}"
        title = f"{self.title} · {words}" if self.title else words
        shots = [shot.at(layer) for shot in self.shots]
        figure = composed(title, shots, self.notes, every_layer=True)
        return Image.fromarray(figure_pixels(figure, self.width))


def save_animation(
    path: Path | str,
    shots: Sequence[Shot],
    title: str = "",
    notes: Sequence[str] = (),
    *,
    width: int = WIDTH,
    seconds: float = SECONDS,
) -> None:
    """Write an animation through all layers as GIF or WebP, by the suffix of `path`.

    A layer is shown for `seconds`, the last one four times as long; then it begins
    again. Raises ValueError for another suffix or without a shot, OSError if the file
    cannot be written.
    """
    path = Path(path)
    check_suffix(path)
    frames = list(Frames(shots, title, notes, width))
    write_whole(path, animation_bytes(frames, path.suffix.lower(), seconds))


def check_suffix(path: Path) -> None:
    """Raises ValueError if `path` does not end as an animation does."""
    if path.suffix.lower() not in ANIMATED:
        raise ValueError(
            f"{path.name} is no kind of animation; allowed: {', '.join(ANIMATED)}."
        )


def animation_bytes(
    frames: Sequence[Image.Image], suffix: str, seconds: float = SECONDS
) -> bytes:
    """The file of an animation; `suffix` is one of `ANIMATED`."""
    times = [round(1000 * seconds)] * len(frames)
    times[-1] = round(1000 * seconds * LAST_SECONDS / SECONDS)
    file = io.BytesIO()
    if suffix == ".gif":
        shown = _with_one_palette(frames)
        _save(shown, file, times, format="GIF", optimize=False, disposal=1)
    else:
        _save(frames, file, times, format="WEBP", quality=88, method=4)
    return file.getvalue()


def _save(
    frames: Sequence[Image.Image], file: io.BytesIO, times: list[int], **how: Any
) -> None:
    first, *rest = frames
    first.save(file, save_all=True, append_images=rest, duration=times, loop=0, **how)


def _with_one_palette(frames: Sequence[Image.Image]) -> list[Image.Image]:
    chosen = np.linspace(0, len(frames) - 1, min(len(frames), _PALETTE_FRAMES))
    some = [np.asarray(frames[int(number)]) for number in np.unique(chosen.astype(int))]
    sample = Image.fromarray(np.concatenate([one[::2, ::2] for one in some]))
    accents = _accents()
    common = sample.quantize(256 - len(accents), method=Image.Quantize.MEDIANCUT)
    colors = (common.getpalette() or [])[: 3 * (256 - len(accents))]
    colors += [channel for color in accents for channel in color]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colors)
    return [_in_colors(frame, palette, accents) for frame in frames]


def _in_colors(
    frame: Image.Image, palette: Image.Image, accents: Sequence[tuple[int, int, int]]
) -> Image.Image:
    """The frame in the colours of the palette, whose last ones are `accents`."""
    found = _dotted(frame).quantize(palette=palette, dither=Image.Dither.NONE)
    places = np.array(found)
    # Pillow takes a colour near by, even where the very one is in the palette.
    codes = np.asarray(frame, np.int32) @ (1 << 16, 1 << 8, 1)
    wanted = np.array(accents, np.int32) @ (1 << 16, 1 << 8, 1)
    nearest = np.minimum(np.searchsorted(wanted, codes), len(wanted) - 1)
    is_accent = wanted[nearest] == codes
    places[is_accent] = 256 - len(accents) + nearest[is_accent]
    exact = Image.fromarray(places, "P")
    exact.putpalette(palette.getpalette() or [])
    return exact


def _accents() -> list[tuple[int, int, int]]:
    """Colours of marks and methods: too rare to get into a palette of means."""
    marks = [role.color for role in vars(roles).values() if isinstance(role, Role)]
    found = {*marks, *FAMILIES.values(), PAPER, INK, FAINT_INK, CHIP, CASING}
    named = sorted(color for color in found if color and color.startswith("#"))
    return [tuple(bytes.fromhex(color[1:])) for color in named]  # type: ignore[misc]


def _dotted(frame: Image.Image) -> Image.Image:
    """Colours moved by an ordered pattern; white stays white, and black black."""
    pixels = np.asarray(frame, np.float32)
    height, width = pixels.shape[:2]
    pattern = np.tile(_bayer(), (height // 8 + 1, width // 8 + 1))[:height, :width]
    room = np.minimum(pixels, 255.0 - pixels).min(axis=-1) / _DITHER
    moved = pixels + (pattern * _DITHER * np.clip(room, 0.0, 1.0))[..., None]
    return Image.fromarray(np.clip(np.rint(moved), 0, 255).astype(np.uint8))


def _bayer() -> NDArray[np.float32]:
    """The 8 x 8 Bayer matrix, from -0.5 to 0.5."""
    matrix = np.zeros((1, 1))
    for _ in range(3):
        rows = [[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]]
        matrix = np.block(rows)
    return ((matrix + 0.5) / 64 - 0.5).astype(np.float32)
