"""The legend below the panes."""

import numpy as np
import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_viewer.canvas.legend import WIDE, Legend

EDGE = LegendEntry("line", "semantic edge", roles.SEMANTIC_EDGE)
RAMP = LegendEntry("ramp", "token scale", roles.HEAT, None, "1", "7.5")
REMARK = LegendEntry("", "no attention yet")


def many(count: int) -> list[LegendEntry]:
    return [LegendEntry("line", f"edge {i}", roles.SPATIAL_EDGE) for i in range(count)]


@pytest.fixture
def legend(qtbot: QtBot) -> Legend:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(600, 50)
    legend.show()
    return legend


@pytest.mark.parametrize("width", [200, 600, WIDE, 2 * WIDE])
def test_its_height_depends_on_the_width_alone(legend: Legend, width: int) -> None:
    legend.resize(width, 50)
    empty = legend.height()
    for entries in ([EDGE], many(40), [RAMP] * 3, []):
        legend.set_entries(entries)
        assert legend.height() == legend.minimumHeight() == empty


def test_the_photo_above_keeps_its_size_when_entries_come_and_go(
    qtbot: QtBot,
) -> None:
    window, photo, legend = QWidget(), QWidget(), Legend()
    layout = QVBoxLayout(window)
    layout.addWidget(photo, 1)
    layout.addWidget(legend)
    qtbot.addWidget(window)
    window.resize(500, 400)
    window.show()
    sizes = set()
    for entries in ([], [EDGE], many(40), [RAMP] * 3):
        legend.set_entries(entries)
        layout.activate()
        sizes.add(photo.size().toTuple())  # type: ignore[attr-defined]
    assert len(sizes) == 1


def test_what_finds_no_room_is_counted_and_named_in_the_tool_tip(
    legend: Legend,
) -> None:
    legend.set_entries(many(3))
    assert legend.hidden == 0
    legend.set_entries(many(40))
    assert 20 < legend.hidden < 40
    assert "edge 39" in legend.toolTip()
    assert "edge 39" in legend.accessibleDescription()


def test_the_count_of_the_others_fits_as_well(legend: Legend) -> None:
    legend.set_entries(many(40))
    entry, at = legend.places()[-1]
    assert entry.text == f"and {legend.hidden} more"
    assert at.x() + legend.fontMetrics().horizontalAdvance(entry.text) < 600


def test_an_entry_that_is_wider_than_the_legend_is_not_lost(legend: Legend) -> None:
    legend.resize(60, 50)
    legend.set_entries([RAMP, EDGE])
    assert legend.hidden == 2
    assert "token scale: 1 to 7.5" in legend.toolTip()


def colors(legend: Legend) -> set[tuple[int, ...]]:
    image = legend.grab().toImage()
    return {
        image.pixelColor(x, y).getRgb()[:3]  # type: ignore[index]
        for x in range(image.width())
        for y in range(image.height())
    }


def nearest(found: set[tuple[int, ...]], color: str) -> float:
    wanted = np.array(list(bytes.fromhex(color[1:])))
    return float(np.abs(np.array(sorted(found)) - wanted).sum(axis=1).min())


def test_samples_have_the_colours_of_their_marks(legend: Legend) -> None:
    merged = LegendEntry("arrow", "merged into", roles.LINK, Look("#E69F00"))
    assert nearest(colors(legend), "#D55E00") > 60
    legend.set_entries([EDGE, merged, RAMP, REMARK])
    found = colors(legend)
    assert nearest(found, "#D55E00") < 40
    assert nearest(found, "#E69F00") < 40
    assert nearest(found, "#DEF6DC") < 30  # the end of the ramp
