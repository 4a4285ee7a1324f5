"""Title, panels, legend and caption on one sheet."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gtp_core.drawing.render.marks import (
    FAINT_INK,
    GONE,
    INK,
    PAPER,
    SCALE,
    SEMANTIC_EDGE,
    Colour,
    arrow,
    orphan_mark,
    removed_mark,
)
from gtp_core.drawing.render.panels import Panel
from gtp_core.records.trace import LayerTrace

_MARGIN = 28
_GAP = 24


def token_legend(step: LayerTrace, patches: int) -> list[tuple[str, str]]:
    """The marks that the picture of `step` really shows."""
    legend = []
    leaving = step.removed[step.removed < patches]
    if int((step.tokens < patches).sum()) < patches:
        legend.append(("gone", "left in an earlier layer"))
    if not np.isin(leaving, step.orphans).all():
        legend.append(("removed", "leaves here"))
    if (step.links.target < patches).any():
        legend.append(("link", "content goes to (wider: more)"))
    if len(step.orphans):
        legend.append(("orphan", "orphan, content lost"))
    return [*legend, ("crop", "what the model sees")]


def compose(
    panels: list[Panel],
    headings: list[str],
    title: str,
    lines: list[str],
    legend: list[tuple[str, str]],
    accent: Colour,
) -> Image.Image:
    """Title, panels side by side, legend and caption on one sheet."""
    widths = [
        max(panel.image.width, round(_font(14).getlength(heading)))
        for panel, heading in zip(panels, headings, strict=True)
    ]
    inner = max(sum(widths) + _GAP * SCALE * (len(panels) - 1), 640 * SCALE)
    margin = _MARGIN * SCALE
    caption = [row for line in lines for row in _wrapped(line, _font(15), inner)]
    rows = _legend_rows(legend, inner)
    top = margin + 62 * SCALE
    bottom = top + panels[0].image.height
    height = bottom + (18 + 30 * len(rows) + 24 * len(caption)) * SCALE + margin
    sheet = Image.new("RGB", (inner + 2 * margin, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    _bar(pen, margin, margin + 3 * SCALE, accent)
    _draw_title(pen, title, margin, inner)
    x = margin
    for panel, heading, width in zip(panels, headings, widths, strict=True):
        pen.text((x, top - 24 * SCALE), heading, FAINT_INK, _font(14))
        sheet.paste(panel.image.convert("RGB"), (x, top))
        x += width + _GAP * SCALE
    y = bottom + 14 * SCALE
    for row in rows:
        _draw_legend(pen, row, margin, y, accent)
        y += 30 * SCALE
    for line in caption:
        pen.text((margin, y + 4 * SCALE), line, INK, _font(15))
        y += 24 * SCALE
    return sheet.resize(
        (sheet.width // SCALE, sheet.height // SCALE), Image.Resampling.BOX
    )


def _draw_title(pen: ImageDraw.ImageDraw, title: str, left: int, width: int) -> None:
    title = re.sub(r"[\x00-\x1f\x7f]+", " ", title)  # a name may hold a line break
    font = _font(22) if title.isascii() else _wide_font(22)
    room = width - 14 * SCALE
    if font.getlength(title) > room:
        while title and font.getlength(title + "...") > room:
            title = title[:-1]
        title += "..."
    pen.text((left + 14 * SCALE, left - 2 * SCALE), title, INK, font)


def _bar(pen: ImageDraw.ImageDraw, x: int, y: int, accent: Colour) -> None:
    pen.rounded_rectangle(
        (x, y, x + 5 * SCALE, y + 20 * SCALE), radius=2 * SCALE, fill=accent
    )


_SWATCH = 26
_AFTER_SWATCH = 8
_AFTER_ITEM = 26


def _legend_width(text: str) -> float:
    return _font(14).getlength(text) + (_SWATCH + _AFTER_SWATCH + _AFTER_ITEM) * SCALE


def _legend_rows(
    legend: list[tuple[str, str]], width: int
) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for item in legend:
        if rows[-1] and used + _legend_width(item[1]) > width:
            rows.append([])
            used = 0.0
        rows[-1].append(item)
        used += _legend_width(item[1])
    return rows


def _draw_legend(
    pen: ImageDraw.ImageDraw,
    row: list[tuple[str, str]],
    left: int,
    top: int,
    accent: Colour,
) -> None:
    x = float(left)
    for kind, text in row:
        _draw_swatch(pen, kind, x, top, accent)
        text_x = x + (_SWATCH + _AFTER_SWATCH) * SCALE
        pen.text((text_x, top + 2 * SCALE), text, INK, _font(14))
        x += _legend_width(text)


def _draw_swatch(
    pen: ImageDraw.ImageDraw, kind: str, x: float, y: float, accent: Colour
) -> None:
    """A small sample of how `kind` is drawn, in a box of 26 x 20."""
    box = (x, y, x + _SWATCH * SCALE, y + 20 * SCALE)
    middle = (x + _SWATCH * SCALE / 2, y + 10 * SCALE)
    start = np.array([box[0] + 2 * SCALE, middle[1]])
    end = np.array([box[2] - 1 * SCALE, middle[1]])
    if kind == "gone":
        pen.rectangle(box, fill=GONE)
    elif kind == "removed":
        pen.rectangle(box, fill=(200, 200, 200))
        removed_mark(pen, *middle, 5 * SCALE, accent)
    elif kind == "link":
        arrow(pen, start, end, 2.4 * SCALE, accent, False, 24 * SCALE)
    elif kind == "orphan":
        orphan_mark(pen, *middle, 9 * SCALE)
    elif kind == "crop":
        pen.rectangle(box, outline=INK, width=2 * SCALE)
    else:
        pen.rectangle(box, fill=(60, 62, 66))
        colour = SEMANTIC_EDGE if kind == "semantic" else (190, 191, 193)
        pen.line([tuple(start), tuple(end)], fill=colour, width=2 * SCALE)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SCALE)


@lru_cache(maxsize=8)
def _wide_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of the system with more letters than Pillow's own, if there is one."""
    for name in _WIDE_FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size * SCALE)
    return _font(size)


_WIDE_FONTS = (
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "segoeui.ttf",
    "arial.ttf",
    "Helvetica.ttc",
)


def _wrapped(
    text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
