"""The token graph."""

from gtp_viewer import theme
from gtp_viewer.canvas.marks import Lines, Mark
from gtp_viewer.overlays.contract import Scene
from gtp_viewer.overlays.graph import GraphOverlay
from tests.gtp_viewer import records


def scene(layer: int, selected: int | None = None) -> Scene:
    trace = records.gtp_trace()
    return Scene(records.geometry(), records.GTP_2, trace, layer, selected)


def count(marks: list[Mark], color: object) -> int:
    return sum(len(m.lines) for m in marks if isinstance(m, Lines) and m.color == color)


def test_spatial_and_semantic_edges_are_told_apart() -> None:
    marks = GraphOverlay().marks(scene(0))
    assert count(marks, theme.SPATIAL) == 4
    assert count(marks, theme.SEMANTIC) == 2


def test_edges_of_removed_tokens_are_gone() -> None:
    marks = GraphOverlay().marks(scene(1))  # 0 and 5 left in the layer before
    assert count(marks, theme.SPATIAL) == 2
    assert count(marks, theme.SEMANTIC) == 1


def test_heavier_edges_are_stronger() -> None:
    geometry = records.geometry()
    centres = geometry.centres()
    opacity = {}
    for mark in GraphOverlay().marks(scene(0)):
        assert isinstance(mark, Lines)
        for line in mark.lines:
            opacity[line.x1(), line.y1()] = mark.opacity
    assert opacity[tuple(centres[0])] >= opacity[tuple(centres[6])]


def test_only_the_heaviest_are_drawn() -> None:
    overlay = GraphOverlay()
    overlay.values["edges"] = "3"
    marks = overlay.marks(scene(0))
    assert count(marks, theme.SPATIAL) == 3
    assert count(marks, theme.SEMANTIC) == 0


def test_the_edges_of_the_selected_patch_stand_out() -> None:
    marks = GraphOverlay().marks(scene(0, selected=0))
    bold = [m for m in marks if isinstance(m, Lines) and m.casing]
    assert sum(len(mark.lines) for mark in bold) == 2  # 0-1 and 0-15
    others = [m for m in marks if isinstance(m, Lines) and not m.casing]
    plain = GraphOverlay().marks(scene(0))
    assert max(m.opacity for m in others) < max(m.opacity for m in plain)


def test_a_method_without_a_graph_draws_nothing() -> None:
    empty = Scene(records.geometry(), records.TOME_1, records.tome_trace(), 0)
    assert GraphOverlay().marks(empty) == []
    assert GraphOverlay().legend(empty) == []
