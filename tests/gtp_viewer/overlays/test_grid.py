"""The patch grid."""

from PySide6.QtCore import QPointF

from gtp_viewer.canvas.marks import Cells, Stroke
from gtp_viewer.overlays.contract import Scene
from gtp_viewer.overlays.grid import GridOverlay
from tests.gtp_viewer import records


def scene(layer: int) -> Scene:
    return Scene(records.geometry(), records.GTP_2, records.gtp_trace(), layer)


def alpha(cells: Cells, patch: int) -> int:
    row, column = divmod(patch, 4)
    return cells.image.pixelColor(column, row).alpha()


def test_removed_now_and_removed_before_are_told_apart() -> None:
    cells = GridOverlay().marks(scene(1))[0]
    assert isinstance(cells, Cells)
    kept, now, before = alpha(cells, 3), alpha(cells, 10), alpha(cells, 0)
    assert kept == 0
    assert kept < now < before


def test_what_leaves_in_this_layer_is_framed() -> None:
    frames = GridOverlay().marks(scene(1))[-1]
    assert isinstance(frames, Stroke)
    geometry = records.geometry()
    for patch, framed in ((10, True), (12, True), (0, False)):
        x, y, width, height = geometry.patch_rect(patch)
        box = frames.path.boundingRect()
        inside = frames.path.contains(QPointF(x + width / 2, y + height / 2))
        assert inside == framed, (patch, box)


def test_lines_can_be_left_out() -> None:
    overlay = GridOverlay()
    with_lines = len(overlay.marks(scene(0)))
    overlay.values["lines"] = "none"
    assert len(overlay.marks(scene(0))) == with_lines - 1


def test_the_legend_keeps_still_while_stepping() -> None:
    overlay = GridOverlay()
    assert overlay.legend(scene(0)) == overlay.legend(scene(2))
