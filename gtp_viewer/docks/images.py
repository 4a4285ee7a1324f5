"""The photos of the document, as thumbnails with their names."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.document import PhotoRef
from gtp_core.document.survey import Survey
from gtp_core.document.view import View
from gtp_core.document.wanted import wanted_measurement
from gtp_core.document.wishes import ReadPhoto
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.agreement import AnswerChange
from gtp_viewer.dock import Dock
from gtp_viewer.images_model import Row
from gtp_viewer.panels.images import ImagesPanel
from gtp_viewer.panels.survey_bar import SurveyWords


class ImagesDock(Dock):
    """Selects and removes photos; asks for more."""

    name = "images"
    title = "Images"
    area = Qt.DockWidgetArea.LeftDockWidgetArea
    order = 10
    size = (156, 500)

    add_requested = Signal()

    panel: ImagesPanel

    def make(self) -> QWidget:
        self.panel = ImagesPanel()
        self.panel.selected.connect(self._select)
        self.panel.remove_requested.connect(self._remove)
        self.panel.add_requested.connect(self.add_requested)
        self.panel.in_view_changed.connect(self.desk.loader.prioritise)
        self.panel.survey.pause_requested.connect(self._pause)
        return self.panel

    def _select(self, photo: int) -> None:
        self.desk.apply(changes.select_photo(self.desk.document, photo))

    def _pause(self, is_paused: bool) -> None:
        self.desk.apply(changes.set_surveying(self.desk.document, not is_paused))

    def _remove(self, photo: int) -> None:
        document = self.desk.document
        ref = document.photo_ref(photo)
        name = "a photo" if ref is None else ref.name
        self.desk.apply(changes.remove_photo(document, photo), f"remove {name}")

    def inputs(self, view: View) -> tuple[Any, ...]:
        store = view.store
        states = tuple(
            (store.photos.get(ref.id), store.failures.get(ReadPhoto(ref.id)))
            for ref in view.document.photos
        )
        document = view.document
        shown = (document.photos, document.photo, states)
        answers = (store.answers.version, document.subject(document.active_entry))
        progress = Survey(document, store).progress
        waits = wanted_measurement(document, store) is not None
        run = (progress, waits, document.is_surveying)
        return (*shown, answers, view.active.tag, view.info, *run)

    def show_view(self, view: View) -> None:
        survey = Survey(view.document, view.store)
        rows = [self._row(ref, view, survey) for ref in view.document.photos]
        self.panel.set_rows(rows)
        self.panel.set_current(view.document.photo)
        self.panel.survey.set_words(_words(view, survey))

    def _row(self, ref: PhotoRef, view: View, survey: Survey) -> Row:
        facts = view.store.photos.get(ref.id)
        problem = view.store.failures.get(ReadPhoto(ref.id))
        status = "bad" if problem else "reading" if facts is None else "ready"
        change = survey.changes.get(ref.id)
        return Row(
            id=ref.id,
            name=ref.name,
            path=ref.path,
            status=status,
            thumbnail=None if facts is None else facts.thumbnail,
            note=None if facts is None else facts.note,
            problem=problem,
            change=change,
            change_text=None if change is None else _change_text(change, view),
        )


def _change_text(change: AnswerChange, view: View) -> str:
    info = view.active.info
    names = None if info is None else info.class_names
    return f"{view.active.tag.label}: {change.sentence(names)}"


def _words(view: View, survey: Survey) -> SurveyWords:
    """What is said of all photos together."""
    progress, is_surveying = survey.progress, view.document.is_surveying
    text, more = progress.text, "Photos that were run under all methods shown."
    if view.info is None:
        text, more = "", "The photos are run as soon as the network is there."
    elif not is_surveying and not progress.is_complete:
        text, more = f"{text}; paused", f"{more} Press the button to go on."
    elif wanted_measurement(view.document, view.store) and not progress.is_complete:
        text, more = f"{text}; waiting", f"{more} Others follow the measurement."
    is_truth = isinstance(view.document.active_entry.method, Unpruned)
    return SurveyWords(
        method="" if is_truth else view.active.tag.label,
        agreement=survey.agreement,
        progress=text,
        more=more,
        is_complete=progress.is_complete,
        is_paused=not is_surveying,
    )
