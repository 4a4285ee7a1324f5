"""What the actions of a window work with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gtp_core.drawing.overlays.contract import Overlay
from gtp_viewer.arrangement import Arrangement
from gtp_viewer.canvas.canvas import Canvas
from gtp_viewer.commands import Commands
from gtp_viewer.desk import Desk
from gtp_viewer.dialogs import Dialogs
from gtp_viewer.escape import Escape
from gtp_viewer.keeper import Keeper
from gtp_viewer.layer_bar import LayerBar
from gtp_viewer.message_bar import MessageBar


@dataclass(frozen=True)
class Context:
    """The parts of one window; `settings` is None where nothing is remembered."""

    window: QMainWindow
    desk: Desk
    commands: Commands
    canvas: Canvas
    layer_bar: LayerBar
    dialogs: Dialogs
    keeper: Keeper
    overlays: tuple[Overlay, ...]
    docks: dict[str, QDockWidget]
    arrangement: Arrangement
    escape: Escape
    messages: MessageBar
    settings: QSettings | None
