"""Figures of layers: what is drawn is where it should be, in every kind of file."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import gtp_core as gtp
from gtp_core.drawing import figures, roles
from gtp_core.drawing.edges import LINK_ROLES
from gtp_core.drawing.marks import Arrows
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.links import LinksOverlay
from gtp_core.drawing.panel import Panel
from gtp_core.drawing.paper import MARGIN
from gtp_core.drawing.picture import Picture
from gtp_core.drawing.primitives import Polygons, flatten
from gtp_core.drawing.shots import PaneShot
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import Links, Trace
from tests.gtp_core.drawing.scenes import evit_trace, scene
from tests.gtp_core.traces import gtp_trace, tome_trace

SPEC = InputSpec(96, 128, (16, 16), 0.9)
GEOMETRY = CropGeometry.of(320, 240, SPEC)


def grey_photo(width: int = 320, height: int = 240, name: str = "grey.png") -> Photo:
    return Photo.from_array(np.full((height, width, 3), 60, np.uint8), name)


def drawn(trace: Trace, layer: int = 1, photo: Photo | None = None) -> Figure:
    photo = photo or grey_photo()
    geometry = CropGeometry.of(photo.width, photo.height, SPEC)
    return figures.layer(trace, layer, photo, geometry)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def panels(figure: Figure) -> list[str]:
    return [str(axes.get_label()) for axes in figure.axes if axes.images]


def pixels(figure: Figure, folder: Path) -> np.ndarray:
    figures.save(figure, folder / "figure.png")
    with Image.open(folder / "figure.png") as image:
        return np.asarray(image.convert("RGB"))


def count(picture: np.ndarray, color: str | None) -> int:
    """How many pixels have exactly this colour."""
    assert color is not None
    wanted = np.array(list(bytes.fromhex(color[1:])))
    return int((picture == wanted).all(-1).sum())


# -- what is shown ------------------------------------------------------------


def test_it_is_reached_from_the_package() -> None:
    assert gtp.figures is figures


def test_layers_count_from_one_as_on_screen() -> None:
    first, last = drawn(gtp_trace(), 1), drawn(gtp_trace(), 4)
    assert "gtp:P=5 · layer 1 of 4 · grey.png" in texts(first)
    assert "gtp:P=5 · layer 4 of 4 · grey.png" in texts(last)
    assert "48 of 48 image tokens enter, 5 leave here" in " ".join(texts(first))
    assert "33 of 48 image tokens enter, 5 leave here" in " ".join(texts(last))


@pytest.mark.parametrize("layer", [0, 5, -1])
def test_a_layer_that_does_not_exist_is_refused(layer: int) -> None:
    with pytest.raises(IndexError, match=f"No layer {layer}; there are 4"):
        drawn(gtp_trace(), layer)


def test_a_geometry_of_another_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="grid"):
        drawn(tome_trace())


def test_links_orphans_and_edges_have_their_colours(tmp_path: Path) -> None:
    picture = pixels(drawn(gtp_trace(), 2), tmp_path)
    marks = LinksOverlay().marks(Scene(GEOMETRY, gtp_trace(), scene().look, 1), {})
    links = [mark for mark in marks if isinstance(mark, Arrows)]
    assert {mark.role for mark in links} == {role for _, role in LINK_ROLES}
    for mark in links:
        shapes = flatten([mark], scene().look, 16.0)
        heads = {shape.ink.color for shape in shapes if isinstance(shape, Polygons)}
        assert max(count(picture, color) for color in heads) > 20, mark.role.name
    assert count(picture, roles.ORPHAN.color) > 100
    assert count(picture, roles.SELECTION.color) == 0


def test_merges_wear_the_colour_of_their_family(tmp_path: Path) -> None:
    photo = np.full((64, 64, 3), 60, np.uint8)
    picture = pixels(figures.layer(tome_trace(), 1, photo), tmp_path)
    assert count(picture, "#E69F00") > 500


def test_a_method_without_a_graph_has_one_panel() -> None:
    one = figures.layer(tome_trace(), 1)
    two = drawn(gtp_trace())
    assert len(panels(one)) == 1
    assert len(panels(two)) == 2
    assert one.get_size_inches()[0] < two.get_size_inches()[0] * 0.6


def test_what_left_before_is_paper_and_what_stays_is_clear(tmp_path: Path) -> None:
    trace = gtp_trace()
    step = trace.layers[3]
    quiet = dataclasses.replace(step, links=Links.none(), orphans=np.empty(0))
    bare = dataclasses.replace(trace, graph=None, layers=(quiet,))
    photo = Photo.from_array(np.full((240, 320, 3), 40, np.uint8), "grey.png")
    geometry = CropGeometry.of(320, 240, SPEC)
    figure = figures.layer(bare, 1, photo, geometry)
    picture = pixels(figure, tmp_path)
    axes = next(axes for axes in figure.axes if axes.images)
    for patch in range(48):
        x, y, width, height = geometry.patch_rect(patch)
        # A quarter into the patch, clear of borders.
        place = axes.transData.transform((x + width / 4, y + height / 3))
        pixel = picture[picture.shape[0] - int(place[1]) - 1, int(place[0])]
        if patch not in step.tokens:
            assert pixel.min() > 150
        elif patch not in step.removed:
            assert pixel.tolist() == [40, 40, 40]


def test_marks_lie_on_the_patches_of_the_photo() -> None:
    figure = figures.layer(evit_trace(), 1)
    (axes,) = [axes for axes in figure.axes if axes.images]
    assert axes.get_xlim() == (0, 64)
    assert axes.get_ylim() == (64, 0)
    width, height = figure.get_size_inches() * 96
    corner = axes.transData.transform((0, 0)) / figure.dpi * 96
    assert corner[0] == pytest.approx(MARGIN, abs=0.5)
    assert corner[1] > 0.5 * height > 0
    assert width == pytest.approx(640 + 2 * MARGIN)


def test_without_a_geometry_the_photo_is_what_the_model_saw() -> None:
    figure = figures.layer(evit_trace(), 1, np.full((80, 160, 3), 9, np.uint8))
    (axes,) = [axes for axes in figure.axes if axes.images]
    assert axes.get_xlim() == (0, 160)
    assert roles.CROP.name not in texts(figure)


def test_the_legend_names_the_marks_that_are_there() -> None:
    def named(trace: Trace, layer: int) -> set[str]:
        known = {
            value.name
            for value in vars(roles).values()
            if isinstance(value, roles.Role)
        }
        return set(texts(figures.layer(trace, layer))) & known

    leaves, left = roles.LEAVING.name, roles.GONE.name
    assert named(evit_trace(), 1) == {leaves, roles.ADDED.name}
    assert named(evit_trace(), 2) == {left}
    assert left not in named(gtp_trace(), 1)
    assert roles.ORPHAN.name in named(gtp_trace(), 1)
    assert roles.CROP.name in texts(drawn(gtp_trace()))


def test_the_caption_counts_the_edges_that_are_drawn() -> None:
    words = " ".join(texts(drawn(gtp_trace(), 2)))
    found = re.search(
        r"Graph: (\d+) edges in all, (\d+) drawn "
        r"\((\d+) semantic, (\d+) of both kinds\)",
        words,
    )
    assert found is not None
    every, shown, *kinds = map(int, found.groups())
    assert sum(kinds) == shown < every


@pytest.mark.parametrize("size", [(64, 64), (100, 900), (3000, 400), (17, 9)])
def test_photos_of_any_shape_fit_the_sheet(size: tuple[int, int]) -> None:
    width, height = drawn(gtp_trace(), 1, grey_photo(*size)).get_size_inches() * 96
    assert width < 1600
    assert height < 1000


def test_long_captions_are_wrapped_not_cut() -> None:
    short = figures.layer(tome_trace(), 1)
    long = figures.layer(tome_trace(), 1, notes=["many words " * 40])
    assert long.get_size_inches()[1] > short.get_size_inches()[1] + 0.6
    assert long.get_size_inches()[0] == short.get_size_inches()[0]
    assert " ".join(texts(long)).count("many") == 40


def test_a_pane_is_drawn_as_on_screen() -> None:
    chosen = scene(0, selected=5)
    photo = Picture(grey_photo(64, 64).pixels)
    shown = {"graph": {"edges": "all"}}
    figure = figures.view([PaneShot("GTP", photo, chosen, shown)])
    assert len(panels(figure)) == 1
    assert "selected patch 5" in texts(figure)
    assert roles.LEAVING.name not in texts(figure)  # the grid is hidden


def test_panels_show_the_crop_where_it_reaches_beyond_the_photo() -> None:
    geometry = CropGeometry.of(64, 32, InputSpec(64, 64, (16, 16), mode="border"))
    photo = np.zeros((32, 64, 3), np.uint8)
    panel = Panel("", Picture(photo), geometry, [], scene().look)
    assert panel.area == pytest.approx((0, -16, 64, 48))


# -- files --------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_trace_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        figures.save(drawn(gtp_trace(), 2), (tmp_path / name).with_suffix(suffix))
    one, two = (tmp_path / f"{name}{suffix}" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_svg_has_text_and_vectors_and_only_the_photo_as_an_image(
    tmp_path: Path,
) -> None:
    path = tmp_path / "figure.svg"
    figures.save(drawn(gtp_trace(), 2), path)
    svg = path.read_text()
    assert svg.count("<image") == 2  # one photo for each panel
    assert svg.count("<path") > 20
    found = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "gtp:P=5 · layer 2 of 4 · grey.png" in found
    assert "semantic edge" in found
    assert roles.SEMANTIC_EDGE.color.lower() in svg  # type: ignore[union-attr]
    assert "<dc:date>" not in svg


def test_pdf_is_a_pdf_with_letters_and_no_date(tmp_path: Path) -> None:
    path = tmp_path / "figure.PDF"
    figures.save(figures.layer(tome_trace(), 1), path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Subtype /Image") == 1  # the photo
    assert b"/Type /Font" in data
    assert b"CreationDate" not in data


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"x\.jpg .* allowed: \.png, \.svg, \.pdf"):
        figures.save(figures.layer(tome_trace(), 1), tmp_path / "x.jpg")


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize(
    "name", ["猫の写真.png", "$a_b^{c$.png", "a\nb\udc80.png", "🐈.png"]
)
def test_names_in_any_letters_are_drawn_without_a_warning(
    tmp_path: Path, name: str, suffix: str
) -> None:
    figures.save(
        drawn(gtp_trace(), 1, grey_photo(name=name)), tmp_path / f"figure{suffix}"
    )


def test_the_user_s_style_changes_nothing(tmp_path: Path) -> None:
    plain = pixels(figures.layer(tome_trace(), 1), tmp_path)
    style = {
        "savefig.bbox": "tight",
        "font.size": 30,
        "image.origin": "lower",
        "axes.grid": True,
        "savefig.facecolor": "red",
        "path.sketch": (9, 9, 9),
        "text.color": "red",
    }
    with matplotlib.rc_context(style):
        before = dict(matplotlib.rcParams)
        styled = pixels(figures.layer(tome_trace(), 1), tmp_path)
        assert dict(matplotlib.rcParams) == before
    assert np.array_equal(plain, styled)


@pytest.mark.parametrize("width", [100, 777, 1600])
def test_a_png_has_the_width_that_is_asked_for(tmp_path: Path, width: int) -> None:
    figures.save(figures.layer(tome_trace(), 1), tmp_path / "a.png", width)
    with Image.open(tmp_path / "a.png") as image:
        assert image.width == width


@pytest.mark.parametrize("width", [99, 30_000])
def test_a_width_that_is_not_possible_is_refused(tmp_path: Path, width: int) -> None:
    with pytest.raises(ValueError, match=f"The width is {width} pixels; allowed"):
        figures.save(figures.layer(tome_trace(), 1), tmp_path / "a.png", width)
    assert not (tmp_path / "a.png").exists()


# -- patches coloured by what a trace holds -------------------------------------------


def test_a_trace_can_colour_its_patches() -> None:
    names = [overlay.name for overlay in figures.colorings()]
    assert names == ["score", "scale", "class_attention", "held"]


@pytest.mark.parametrize("name", ["score", "scale", "class_attention", "held"])
def test_the_coloured_patches_stand_beside_the_tokens(
    name: str, tmp_path: Path
) -> None:
    photo = grey_photo()
    geometry = CropGeometry.of(photo.width, photo.height, SPEC)
    plain = figures.layer(gtp_trace(), 2, photo, geometry)
    figure = figures.layer(gtp_trace(), 2, photo, geometry, color_by=name)
    assert len(panels(figure)) == len(panels(plain)) == 2
    assert figures.coloring(name).title in texts(figure)
    found, before = (
        {tuple(color) for color in pixels(one, tmp_path).reshape(-1, 3)[::7].tolist()}
        for one in (figure, plain)
    )
    assert found - before


def test_the_scale_of_a_figure_has_its_ends() -> None:
    photo = grey_photo()
    geometry = CropGeometry.of(photo.width, photo.height, SPEC)
    first = figures.layer(gtp_trace(), 1, photo, geometry, color_by="score")
    last = figures.layer(gtp_trace(), 4, photo, geometry, color_by="score")
    ends = [[t for t in texts(f) if t.startswith(("≤", "≥"))] for f in (first, last)]
    assert ends[0] == ends[1] != []


@pytest.mark.parametrize("name", ["similarity", "pca", "attention"])
def test_what_a_trace_does_not_hold_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="A trace does not hold what") as problem:
        figures.layer(gtp_trace(), 1, color_by=name)
    assert "allowed: score, scale, class_attention, held" in str(problem.value)


@pytest.mark.parametrize("name", ["grid", "heat", ""])
def test_an_unknown_colouring_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="allowed: score") as problem:
        figures.layer(gtp_trace(), 1, color_by=name)
    assert "does not hold" not in str(problem.value)
