"""Propagation links."""

from gtp_viewer import theme
from gtp_viewer.canvas.marks import Lines, Stroke
from gtp_viewer.overlays.contract import Scene
from gtp_viewer.overlays.links import LinksOverlay
from tests.gtp_viewer import records


def scene(layer: int, selected: int | None = None) -> Scene:
    trace = records.gtp_trace()
    return Scene(records.geometry(), records.GTP_2, trace, layer, selected)


def shafts(scene: Scene, overlay: LinksOverlay | None = None) -> list[Lines]:
    marks = (overlay or LinksOverlay()).marks(scene)
    return [mark for mark in marks if isinstance(mark, Lines)]


def test_one_arrow_for_each_link_of_the_layer() -> None:
    assert sum(len(mark.lines) for mark in shafts(scene(0))) == 3
    assert sum(len(mark.lines) for mark in shafts(scene(1))) == 1
    assert shafts(scene(2)) == []


def test_arrows_run_from_the_removed_to_the_kept_token() -> None:
    geometry = records.geometry()
    (mark,) = shafts(scene(1))
    (line,) = mark.lines
    assert geometry.patch_at(line.x1(), line.y1()) == 10
    assert geometry.patch_at(line.x2(), line.y2()) in (10, 11)
    assert line.x2() > line.x1()


def test_more_content_makes_a_wider_arrow() -> None:
    by_width = sorted(shafts(scene(0)), key=lambda mark: mark.width)
    lightest, heaviest = by_width[0], by_width[-1]
    assert lightest.width < heaviest.width
    assert lightest.opacity < heaviest.opacity
    assert lightest.color == theme.SEMANTIC  # 0 -> 15, weight 0.01
    assert heaviest.color == theme.SPATIAL  # 0 -> 1, weight 0.05


def test_merges_take_the_colour_of_their_method() -> None:
    merged = Scene(records.geometry(), records.TOME_1, records.tome_trace(), 0)
    (mark,) = shafts(merged)
    assert mark.color == theme.method_color("tome")
    assert [entry.text for entry in LinksOverlay().legend(merged)] == ["merged into"]


def test_orphans_have_a_shape_of_their_own() -> None:
    marks = LinksOverlay().marks(scene(1))
    (orphan,) = [mark for mark in marks if isinstance(mark, Stroke)]
    box = orphan.path.boundingRect().center()
    assert records.geometry().patch_at(box.x(), box.y()) == 12
    # A circle alone has 13 elements; the cross adds two lines.
    assert orphan.path.elementCount() == 13 + 4
    assert not [m for m in LinksOverlay().marks(scene(0)) if isinstance(m, Stroke)]


def test_selecting_a_patch_dims_the_links_of_others() -> None:
    plain = shafts(scene(0))
    chosen = shafts(scene(0, selected=5))
    own = max(chosen, key=lambda mark: mark.opacity)
    assert len(own.lines) == 1
    assert min(m.opacity for m in chosen) < min(m.opacity for m in plain)


def test_all_layers_so_far_can_be_shown() -> None:
    overlay = LinksOverlay()
    overlay.values["layers"] = "all"
    assert sum(len(mark.lines) for mark in shafts(scene(1), overlay)) == 4
