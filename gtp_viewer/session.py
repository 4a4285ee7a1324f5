"""Keeps the photos, the engine's work and the state in step.

The state says what is wanted; the session asks the loader and the engine for what is
missing, and puts what they answer into the state. It knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from gtp_core.engine.messages import (
    Cancelled,
    Done,
    EngineDied,
    Failed,
    LoadModel,
    Measure,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    Progress,
    Run,
    RunResult,
)
from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.environment import Environment
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.photo_loader import PhotoLoader, PreparedPhoto, ReadPhoto
from gtp_viewer.state import ViewerState

ROUNDS = 120
"""A live measurement stops after so many rounds; then it would only warm the room."""
MEASURE_AFTER = 400
"""Milliseconds without a change of the methods until they are measured anew."""


class Session(QObject):
    """Call `start` once the window is on screen."""

    photo_shown = Signal(object)
    """PreparedPhoto to show, or None."""
    status_changed = Signal(str)
    """What the engine is doing, in a word or two."""
    message = Signal(str, str)
    """kind ("info", "warning", "error"), one sentence"""
    model_failed = Signal(str)
    engine_lost = Signal(str)
    engine_back = Signal()
    batch_changed = Signal(int)
    measure_waiting = Signal(str)
    measure_started = Signal(object)
    measure_sample = Signal(object)
    measure_stopped = Signal(str)

    def __init__(
        self,
        state: ViewerState,
        bridge: EngineBridge,
        loader: PhotoLoader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state, self.bridge, self.loader = state, bridge, loader
        self.environment: Environment | None = None
        self.status = "engine starting …"
        self.is_live = True
        self.batch = 1
        self.rounds_done = 0
        self._prepared: PreparedPhoto | None = None
        self._preparing: tuple[int, object] | None = None
        self._run_ticket = 0
        self._running: str | None = None
        self._run_methods: set[MethodBase] = set()
        self._model_ticket = 0
        self._measure_ticket = 0
        self._measured: tuple[object, ...] = ()
        self._measure_soon = QTimer(self, singleShot=True, interval=MEASURE_AFTER)
        self._measure_soon.timeout.connect(self._measure)
        self._connect()

    def _connect(self) -> None:
        state, bridge, loader = self.state, self.bridge, self.loader
        state.image_changed.connect(self._prepare)
        state.images_changed.connect(self._prepare)
        state.model_changed.connect(self._prepare)
        state.methods_changed.connect(self._run)
        loader.found.connect(self._add_found)
        loader.read.connect(self._read)
        loader.failed.connect(self._refused)
        loader.prepared.connect(self._show)
        bridge.started.connect(self._engine_started)
        bridge.progress.connect(self._progressed)
        bridge.model_ready.connect(self._model_ready)
        bridge.run_result.connect(self._run_result)
        bridge.measure_started.connect(self._measure_started)
        bridge.measure_sample.connect(self._measure_sample)
        bridge.done.connect(self._done)
        bridge.cancelled.connect(self._done)
        bridge.failed.connect(self._failed)
        bridge.died.connect(self._died)

    def start(self) -> None:
        """Start the engine and load the model that the state asks for."""
        self.bridge.start()
        self.load_model(self.state.request)

    def close(self) -> None:
        """End the engine and all threads."""
        self._measure_soon.stop()
        self.loader.close()
        self.bridge.close()

    # -- photos ---------------------------------------------------------------

    def add_paths(self, paths: Iterable[Path]) -> None:
        """Add image files, and the images in folders."""
        self.loader.find(paths)

    def add_image(self, image: QImage) -> None:
        """Add an image that was pasted."""
        uid = self.state.add_image("pasted image")
        self.loader.add(uid, image)

    def remove_image(self, uid: int) -> None:
        """Take an image out of the session."""
        self.state.remove_image(uid)
        self.loader.forget(uid)

    def _add_found(self, paths: list[Path]) -> None:
        if not paths:
            self.message.emit("info", "No image was found there.")
        for path in paths:
            self.loader.add(self.state.add_image(path.name, path), path)

    def _read(self, uid: int, photo: ReadPhoto) -> None:
        self.state.image_ready(uid, photo.key, photo.thumbnail, photo.note)

    def _refused(self, uid: int, problem: str) -> None:
        self.state.image_failed(uid, problem)
        self.message.emit("error", problem)

    def _prepare(self) -> None:
        """Make the photo that the state names ready for the model that it names."""
        item, model = self.state.image, self.state.model
        if item is None or item.key is None:
            if item is None and self._prepared is not None:
                self._prepared = self._preparing = None
                self.photo_shown.emit(None)
            return
        wanted = (item.uid, None if model is None else model.input_spec)
        if wanted == self._preparing:
            self._run()
            return
        self._preparing = wanted
        self.loader.prepare(*wanted)

    def _show(self, uid: int, prepared: PreparedPhoto) -> None:
        if self._preparing != (uid, prepared.spec):
            return
        self._prepared = prepared
        self.photo_shown.emit(prepared)
        self._run()

    # -- the engine -----------------------------------------------------------

    def load_model(self, request: LoadModel) -> None:
        """Load another model, or the same with other weights or device."""
        self.state.request = request
        self._measured = ()
        self._running = None
        self.state.set_model(None)
        self._model_ticket = self.bridge.send(request)

    def _engine_started(self, event: object) -> None:
        self.environment = getattr(event, "environment", None)
        self._say(f"loading {self.state.request.model} …")

    def _progressed(self, event: Progress) -> None:
        if event.kind == "model":
            self._say(event.text)
        elif event.kind == "measure":
            self.measure_waiting.emit(event.text)

    def _model_ready(self, event: ModelReady) -> None:
        self._say("engine ok")
        self.engine_back.emit()
        self._measured = ()
        self._running = None
        self.state.set_model(event.info)

    def _run(self) -> None:
        """Ask for the traces that are missing, and measure what has changed."""
        prepared, state = self._prepared, self.state
        if prepared is None or prepared.pixels is None or state.model is None:
            return
        if state.image is None or state.image.key != prepared.key:
            return
        missing = state.missing()
        under_way = self._running == prepared.key and set(missing) <= self._run_methods
        if missing and not under_way:
            request = Run(prepared.key, prepared.pixels, missing)
            self._run_ticket = self.bridge.send(request)
            self._running, self._run_methods = prepared.key, set(missing)
        if self.is_live and self._measured != self._to_measure():
            self._measure_soon.start()

    def _run_result(self, event: RunResult) -> None:
        self.state.add_outcome(event.image_key, event.outcome)

    def _done(self, event: Done | Cancelled) -> None:
        if event.ticket == self._run_ticket:
            self._running = None
        if event.kind == "measure" and event.ticket == self._measure_ticket:
            self._measure_ticket = 0
            self.measure_stopped.emit("")

    def _failed(self, event: Failed) -> None:
        if event.ticket == self._run_ticket:
            self._running = None
        if event.kind == "measure" and event.ticket == self._measure_ticket:
            self._measure_ticket = 0
            self.measure_stopped.emit(event.message)
            return
        if event.kind == "model":
            if event.ticket != self._model_ticket:
                return
            self._say("no model")
            self.model_failed.emit(event.message)
        elif event.kind != "measure":
            self.message.emit("error", event.message)

    def _died(self, event: EngineDied) -> None:
        self._measured = ()
        if self._measure_ticket:
            self._measure_ticket = 0
            self.measure_stopped.emit("the engine stopped")
        lost = self.bridge.is_stopped
        self._say("engine stopped" if lost else "engine restarting …")
        self.engine_lost.emit(event.message)

    def restart_engine(self) -> None:
        """Start a new engine process, at the user's wish."""
        self._say("engine restarting …")
        self.bridge.restart()

    def _say(self, status: str) -> None:
        if status != self.status:
            self.status = status
            self.status_changed.emit(status)

    # -- measuring ------------------------------------------------------------

    @property
    def is_measuring(self) -> bool:
        return self._measure_ticket != 0

    def start_measuring(self, batch: int) -> None:
        """Measure, and measure again whenever the methods change."""
        self.set_batch(batch)
        self.is_live = True
        self._measured = ()
        self._measure()

    def stop_measuring(self) -> None:
        """Stop, and stay stopped when the methods change."""
        self.is_live = False
        self._measure_soon.stop()
        self.bridge.cancel("measure")

    def set_batch(self, batch: int) -> None:
        """Measure with another batch size from now on."""
        if batch != self.batch:
            self.batch = batch
            self.batch_changed.emit(batch)
            if self.is_live and self.state.model is not None:
                self._measure_soon.start()

    def _to_measure(self) -> tuple[object, ...]:
        return (self.batch, self.state.request, *self._measured_methods())

    def _measured_methods(self) -> tuple[MethodBase, ...]:
        """The baseline first, and no method that cannot run on this network."""
        methods: list[MethodBase] = [Unpruned()]
        for method in self.state.methods:
            outcome = self.state.outcome(method)
            if outcome is None or outcome.failure is None:
                methods.append(method)
        return tuple(dict.fromkeys(methods))

    def _measure(self) -> None:
        if self.state.model is None:
            return
        if self.state.missing():
            self._measure_soon.start()  # the traces first: they are what is looked at
            return
        self._measured = self._to_measure()
        self.rounds_done = 0
        request = Measure(self._measured_methods(), self.batch, ROUNDS)
        self._measure_ticket = self.bridge.send(request)
        self.measure_waiting.emit("warming up …")

    def _measure_started(self, event: MeasureStarted) -> None:
        if event.ticket == self._measure_ticket:
            self.measure_started.emit(event)

    def _measure_sample(self, event: MeasureSample) -> None:
        if event.ticket == self._measure_ticket:
            self.rounds_done = max(self.rounds_done, event.round)
            self.measure_sample.emit(event)
