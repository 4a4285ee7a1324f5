"""What the window tells the user above the canvas, each subject in one strip."""

from __future__ import annotations

from functools import partial

from gtp_core.document.view import View
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.records.model_info import ModelInfo
from gtp_viewer.desk import Desk
from gtp_viewer.dialogs import Dialogs
from gtp_viewer.keeper import Keeper
from gtp_viewer.message_bar import Button, MessageBar

Notice = tuple[str, str, tuple[Button, ...]]
"""Kind, sentence, buttons."""


class Notices:
    """Turns a view, and what the desk says, into strips."""

    def __init__(
        self, desk: Desk, bar: MessageBar, dialogs: Dialogs, keeper: Keeper
    ) -> None:
        self._desk, self._bar, self._dialogs = desk, bar, dialogs
        self._keeper = keeper
        self._shown: dict[str, tuple[str, str]] = {}
        desk.said.connect(self._say)
        keeper.recovered.connect(self._tell_recovered)

    def refresh(self, view: View) -> None:
        """Say what is true of `view`, and take back what no longer is."""
        wanted = self._notices(view)
        for subject in [s for s in self._shown if s not in wanted]:
            del self._shown[subject]
            self._bar.clear(subject)
        for subject, (kind, text, buttons) in wanted.items():
            if self._shown.get(subject) != (kind, text):
                self._shown[subject] = (kind, text)
                self._bar.show_message(subject, kind, text, buttons)

    def _say(self, kind: str, text: str) -> None:
        self._bar.show_message(f"message {kind}", kind, text)

    def _tell_recovered(self) -> None:
        photos = self._desk.document.photos
        is_all = all(photo.path is not None for photo in photos)
        what = "everything" if is_all else "everything but the pasted pictures"
        text = f"The last session ended unexpectedly; {what} is back."
        buttons = (("Discard it", self._discard),)
        self._bar.show_message("recovered", "warning", text, buttons)

    def _discard(self) -> None:
        self._bar.clear("recovered")
        self._keeper.discard()

    def _notices(self, view: View) -> dict[str, Notice]:
        found = {
            "engine": self._engine(view),
            "model": self._model(view),
            "weights": self._weights(view),
            "features": self._features(view),
            "photo": self._photo(view),
            "clamped": _clamped(view),
            "layer": _layer(view),
        }
        return {subject: one for subject, one in found.items() if one is not None}

    def _engine(self, view: View) -> Notice | None:
        engine = view.store.engine
        if engine.message is None:
            return None
        restart = ("Restart the engine", self._desk.loop.restart_engine)
        if engine.condition == "restarting":
            return "warning", engine.message, ()
        return "error", engine.message, (restart,)

    def _model(self, view: View) -> Notice | None:
        if view.model_problem is None:
            return None
        buttons: tuple[Button, ...] = (
            ("Try again", self._desk.loop.try_again),
            ("Choose a weights file …", self._dialogs.open_weights),
            ("Use random weights", partial(self._dialogs.use_weights, "random")),
        )
        return "error", view.model_problem, buttons

    def _features(self, view: View) -> Notice | None:
        if view.features_problem is None:
            return None
        again = ("Try again", self._desk.loop.try_again)
        text = f"Features cannot be compared: {view.features_problem}"
        return "error", text, (again,)

    def _photo(self, view: View) -> Notice | None:
        if view.photo is None or view.photo_problem is None:
            return None
        find = ("Find it …", self._dialogs.find_photo)
        has_file = view.photo.path is not None
        return "error", view.photo_problem, (find,) if has_file else ()

    def _weights(self, view: View) -> Notice | None:
        if view.info is not None and view.info.is_random:
            buttons = (("Choose a file …", self._dialogs.open_weights),)
            return "warning", view.info.weights_note, buttons
        infos = (entry.info for entry in view.entries)
        info = next((i for i in infos if i is not None and i.is_random), None)
        return None if info is None else ("warning", _about(info), ())


def _about(info: ModelInfo) -> str:
    """Whose weights are random, where not those of the document's network are."""
    return f"{info.model}: {info.weights_note}"


def _clamped(view: View) -> Notice | None:
    outcomes = [entry.outcome for entry in view.entries if entry.outcome is not None]
    sentences = [clamp_sentence(o.method, o.requested, o.schedule) for o in outcomes]
    text = " ".join(sentence for sentence in sentences if sentence)
    return ("info", text, ()) if text else None


def _layer(view: View) -> Notice | None:
    wanted = view.document.layer
    if view.depth is None or wanted is None or wanted < view.depth:
        return None
    models = view.document.models
    who = models[0].name if len(models) == 1 else "the deepest network"
    text = (
        f"There is no layer {wanted + 1}: {who} has {view.depth} layers; "
        "the last one is shown."
    )
    return "info", text, ()
