"""The commands of the main window, menu by menu."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox

import gtp_core
from gtp_core.methods import METHODS
from gtp_viewer import theme
from gtp_viewer.commands import Command

if TYPE_CHECKING:
    from gtp_viewer.main_window import MainWindow

DEVICES = {
    "auto": "Best there is",
    "cpu": "CPU",
    "cuda": "CUDA graphics card",
    "mps": "Apple graphics (MPS)",
}
PRECISIONS = ("float32", "float16", "bfloat16")


def add_commands(window: MainWindow) -> None:
    """All commands, in the order in which the menus show them."""
    for add in (_file, _edit, _view, _model, _methods, _measure, _help):
        add(window)


def _file(window: MainWindow) -> None:
    add = window.commands.add
    add(Command("open", "File", "&Open images …", window.open_images, "Ctrl+O"))
    add(
        Command(
            "open-folder",
            "File",
            "Open a &folder …",
            window.open_folder,
            "Ctrl+Shift+O",
        )
    )
    add(Command("samples", "File", "Add the &sample photos", window.open_samples))
    add(
        Command(
            "remove",
            "File",
            "&Remove the image",
            window.images.remove_selected,
            "Delete",
            starts_section=True,
        )
    )
    step = window.state.step_image
    add(Command("image-back", "File", "Pre&vious image", partial(step, -1), "Up"))
    add(Command("image-on", "File", "&Next image", partial(step, 1), "Down"))
    add(
        Command(
            "picture",
            "File",
            "Save the window as a &picture …",
            window.save_picture,
            "Ctrl+S",
            starts_section=True,
        )
    )
    add(Command("quit", "File", "&Quit", _void(window.close), "Ctrl+Q"))


def _edit(window: MainWindow) -> None:
    add = window.commands.add
    stack = window.state.undo_stack
    undo = add(Command("undo", "Edit", "&Undo", stack.undo, "Ctrl+Z"))
    redo = add(Command("redo", "Edit", "&Redo", stack.redo, "Ctrl+Shift+Z | Ctrl+Y"))
    _UndoLabels(window, undo, redo)
    add(
        Command(
            "paste",
            "Edit",
            "&Paste an image",
            window.paste,
            "Ctrl+V",
            starts_section=True,
        )
    )
    deselect = partial(window.state.select_patch, None)
    add(Command("deselect", "Edit", "&Select no patch", deselect, "Escape"))


class _UndoLabels(QObject):
    """Says in the menu what would be undone. An object of its own, because Qt cuts
    the connections of methods, and not those of functions, when the window goes."""

    def __init__(self, window: MainWindow, undo: QAction, redo: QAction) -> None:
        super().__init__(window)
        self._stack, self._undo, self._redo = window.state.undo_stack, undo, redo
        self._stack.indexChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        stack = self._stack
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())
        self._undo.setText(f"&Undo {stack.undoText()}".strip())
        self._redo.setText(f"&Redo {stack.redoText()}".strip())


def _view(window: MainWindow) -> None:
    add = window.commands.add
    bar, canvas = window.layer_bar, window.canvas
    add(Command("layer-back", "View", "&Previous layer", partial(bar.step, -1), "Left"))
    add(Command("layer-on", "View", "&Next layer", partial(bar.step, 1), "Right"))
    first = partial(window.state.set_layer, 0)
    last = partial(window.state.set_layer, 10_000)
    add(Command("layer-first", "View", "&First layer", first, "Home"))
    add(Command("layer-last", "View", "&Last layer", last, "End"))
    add(Command("play", "View", "P&lay or pause", bar.toggle_play, "Space"))
    add(
        Command(
            "fit",
            "View",
            "F&it what the model sees",
            canvas.fit_crop,
            "0",
            starts_section=True,
        )
    )
    add(Command("fit-photo", "View", "Fit the &whole photo", canvas.fit_photo, "9"))
    _overlay_commands(window)
    for scheme in theme.SCHEMES:
        text = {"system": "&As the system", "light": "&Light", "dark": "&Dark"}[scheme]
        handler = partial(_use_theme, scheme)
        menu = "View/&Theme"
        add(
            Command(
                f"theme-{scheme}", menu, text, handler, checkable=True, group="theme"
            )
        ).setChecked(theme.scheme() == scheme)
    for dock in window.docks.values():
        window.commands.menu("View/&Docks").addAction(dock.toggleViewAction())
    add(Command("arrange", "View/&Docks", "&Arrange anew", window.arrange))


def _overlay_commands(window: MainWindow) -> None:
    state = window.state
    for position, overlay in enumerate(window.overlays):
        name = overlay.name
        action = window.commands.add(
            Command(
                f"overlay-{name}",
                "View",
                overlay.title,
                partial(_toggle_overlay, window, name),
                overlay.shortcut,
                overlay.tip,
                checkable=True,
                starts_section=position == 0,
            )
        )
        state.overlays_changed.connect(
            lambda a=action, n=name: a.setChecked(n in state.visible_overlays)
        )
        action.setChecked(name in state.visible_overlays)


def _toggle_overlay(window: MainWindow, name: str) -> None:
    window.state.set_overlay(name, name not in window.state.visible_overlays)


def _use_theme(scheme: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scheme)


def _model(window: MainWindow) -> None:
    add = window.commands.add
    add(Command("weights", "Model", "Open a &weights file …", window.open_weights))
    load = window.load_weights
    add(Command("pretrained", "Model", "&Pretrained weights", partial(load, "auto")))
    add(Command("random", "Model", "&Random weights", partial(load, "random")))
    for device, text in DEVICES.items():
        _choice(window, "Device", "device", device, text)
    for precision in PRECISIONS:
        _choice(window, "Precision", "precision", precision, precision)


def add_model_names(window: MainWindow) -> None:
    """The backbones by family; apart, because the list takes a while to import."""
    from gtp_core.catalogue import BACKBONES  # here: not before the show

    for backbone in BACKBONES.values():
        path = f"Model/{backbone.family}"
        _choice(window, path, "model", backbone.name, backbone.name, backbone.summary)


def _choice(
    window: MainWindow, path: str, field: str, value: str, text: str, tip: str = ""
) -> None:
    """One choice of what the engine is to load."""
    menu = path if path.startswith("Model/") else f"Model/{path}"
    action = window.commands.add(
        Command(
            f"{field}-{value}",
            menu,
            text,
            partial(_load, window, field, value),
            tip=tip,
            checkable=True,
            group=field,
        )
    )

    def show() -> None:
        action.setChecked(getattr(window.state.request, field) == value)

    window.state.model_changed.connect(show)
    show()


def _load(window: MainWindow, field: str, value: str) -> None:
    changes = {field: value}
    if field == "model":
        changes["weights"] = "auto"
    request = dataclasses.replace(window.state.request, **changes)  # type: ignore[arg-type]
    window.session.load_model(request)


def _methods(window: MainWindow) -> None:
    add = window.commands.add
    state = window.state
    for name, method in METHODS.items():
        handler = partial(_add_method, window, name)
        add(
            Command(
                f"add-{name}",
                "Methods/&Add",
                method.title,
                handler,
                tip=method.summary,
            )
        )
    add(
        Command(
            "remove-method",
            "Methods",
            "&Remove the active method",
            lambda: state.remove_method(state.active),
        )
    )
    add(
        Command(
            "toggle-pane",
            "Methods",
            "&Pane of the active method",
            lambda: state.set_shown(state.active, not state.slots[state.active].shown),
            "P",
            "Give the active method a pane of the canvas, or take it away",
        )
    )
    add(
        Command(
            "next-method",
            "Methods",
            "&Next method",
            lambda: state.set_active((state.active + 1) % len(state.slots)),
            "M",
        )
    )


def _add_method(window: MainWindow, name: str) -> None:
    window.state.add_method(METHODS[name]())


def _measure(window: MainWindow) -> None:
    session = window.session
    add = window.commands.add
    add(
        Command(
            "measure",
            "Measure",
            "&Start",
            lambda: session.start_measuring(session.batch),
            "F5",
            "Measure the latency of all methods, interleaved",
        )
    )
    add(Command("stop", "Measure", "S&top", session.stop_measuring, "Shift+F5"))
    for batch in (1, 8, 32):
        add(
            Command(
                f"batch-{batch}",
                "Measure",
                f"&Batch of {batch}",
                partial(session.set_batch, batch),
                starts_section=batch == 1,
            )
        )
    add(
        Command(
            "restart",
            "Measure",
            "&Restart the engine",
            session.restart_engine,
            starts_section=True,
        )
    )


def _help(window: MainWindow) -> None:
    add = window.commands.add
    palette = "Ctrl+Shift+P"
    add(Command("palette", "Help", "&Find a command …", window.show_palette, palette))
    add(Command("keys", "Help", "&Keyboard shortcuts", window.show_shortcuts, "F1"))
    add(Command("about", "Help", "&About gtp-viewer", partial(_about, window)))


def _about(window: MainWindow) -> None:
    box = QMessageBox(window)
    box.setWindowTitle("About gtp-viewer")
    box.setText(f"gtp-viewer {gtp_core.__version__}")
    box.setInformativeText(
        "Shows what token reduction does inside a Vision Transformer, what it costs "
        "and saves in time, and whether the answer changed."
    )
    box.open()


def _void(function: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        function()

    return call
