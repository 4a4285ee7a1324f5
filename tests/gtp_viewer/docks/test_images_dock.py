"""Every open photo is run in the background; its thumbnail says what came of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.engine import messages
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.outcome import Outcome
from gtp_viewer.docks.images import ImagesDock
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge


@pytest.fixture
def dock(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> ImagesDock:
    """Four photos; GTP changes the answer on wide ones, which have other pixels."""
    found = window.docks["images"]
    assert isinstance(found, ImagesDock)
    contents: list[str] = []

    def answer(run: messages.Run) -> Outcome:
        outcome = records.outcome(run.methods[0])
        if run.content not in contents:
            contents.append(run.content)
        changes_answer = contents.index(run.content) == 1
        if outcome.trace is None or not changes_answer:
            return outcome
        if isinstance(run.methods[0], Unpruned):
            return outcome
        logits = np.array([4.0, 0.0, 0.0])
        return replace(outcome, trace=replace(outcome.trace, logits=logits))

    bridge.answer = answer
    paths = [
        records.photo_file(tmp_path, f"more_{n}.png", 120 + n) for n in range(1, 4)
    ]
    window.desk.open(paths)
    qtbot.waitUntil(lambda: len(window.desk.store.photos) == 4)
    return found


def progress(dock: ImagesDock) -> str:
    return dock.panel.survey.progress.text()


def all_run(dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot) -> None:
    def is_done() -> bool:
        bridge.answer_all()
        return progress(dock) == "4 of 4 run"

    qtbot.waitUntil(is_done)


def badges(dock: ImagesDock) -> list[str | None]:
    model = dock.panel.model
    rows = [model.at(n) for n in range(model.rowCount())]
    return [None if row.change is None else row.change.badge for row in rows]


def test_all_photos_get_a_badge_and_are_counted(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    all_run(dock, bridge, qtbot)
    found = badges(dock)
    assert None not in found
    assert sum("≠" in str(badge) for badge in found) == 1
    said = dock.panel.survey.summary.text().replace("\u00a0", " ")
    assert said.startswith("GTP")
    assert said.endswith("same answer on 3 of 4 photos, 95 %: 30–95 %")
    assert not dock.panel.survey.pause.isVisible()


def test_what_is_not_shown_keeps_no_trace(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    all_run(dock, bridge, qtbot)
    contents = {run.content for run in dock.desk.store.outcomes}
    assert len(contents) <= 2  # the two photos that were on screen


def test_badges_are_of_the_active_method(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    all_run(dock, bridge, qtbot)
    before = badges(dock)
    desk = dock.desk
    tome, truth = desk.document.entries[-1], desk.document.entries[0]
    desk.apply(changes.set_active(desk.document, tome.id))
    assert badges(dock) != before
    assert dock.panel.survey.summary.text().startswith("ToMe")
    desk.apply(changes.set_active(desk.document, truth.id))
    assert badges(dock) == [None] * 4
    assert "Select a method" in dock.panel.survey.summary.text()


def test_running_is_paused_and_goes_on(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    pause = dock.panel.survey.pause
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert not dock.desk.document.is_surveying
    assert progress(dock).endswith("paused")
    assert not any(channel == "survey" for channel, _ in bridge.open.values())
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    all_run(dock, bridge, qtbot)


def test_it_waits_for_the_measurement_and_says_so(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    desk = dock.desk
    plan = replace(desk.document.plan, is_live=True)
    desk.apply(changes.set_plan(desk.document, plan))
    bridge.answer_all()
    qtbot.waitUntil(
        lambda: any(channel == "measure" for channel, _ in bridge.open.values())
    )
    assert progress(dock).endswith("waiting")
    assert "measurement" in dock.panel.survey.progress.toolTip()
    assert not any(channel == "survey" for channel, _ in bridge.open.values())


def test_the_photo_that_changed_most_is_found_and_shown(
    dock: ImagesDock, bridge: RecordBridge, qtbot: QtBot
) -> None:
    all_run(dock, bridge, qtbot)
    panel = dock.panel
    panel.survey.actions_["changed only"].trigger()
    assert panel.model.rowCount() == 1
    area = panel.list.visualRect(panel.model.index(0))
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(panel.list.viewport(), left, pos=area.center())
    photo = panel.model.at(0).id
    assert dock.desk.document.photo == photo
