"""A real window in a process of its own, told by lines what to do.

    python -m tests.gtp_viewer.window_process ARGUMENT...

takes the arguments of `gtp-viewer`. Each line on standard input is a command; its
answer is one line of JSON.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from gtp_core.document import changes
from gtp_core.document.json_form import to_plain
from gtp_core.document.session import read_session
from gtp_core.methods import parse_method
from gtp_viewer import app, startup
from gtp_viewer.window import Window


class Control(QObject):
    """Does on the GUI thread what the lines say."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.told.connect(self._obey)

    def listen(self) -> None:
        for line in sys.stdin:
            self.told.emit(line.strip())

    def _obey(self, command: str) -> None:
        print(json.dumps(getattr(self, command)()), flush=True)

    @property
    def window(self) -> Window:
        found = QApplication.topLevelWidgets()
        return next(widget for widget in found if isinstance(widget, Window))

    def look(self) -> dict[str, Any]:
        """The document, what is said, and whether all of it is kept."""
        window = self.window
        copy = window.keeper._copy
        is_there = copy is not None and copy.file.exists()
        kept = read_session(copy.file).document if copy and is_there else None
        return {
            "document": to_plain(window.desk.document),
            "texts": window.messages.texts(),
            "is_kept": kept == window.desk.document,
            "read": len(window.desk.store.photos),
        }

    def work(self) -> None:
        """Change what can be changed."""
        desk = self.window.desk
        document = desk.document
        methods = [parse_method("gtp:P=4,alpha=1.0"), parse_method("evit:K=6")]
        document = changes.with_methods(document, methods)
        document = changes.set_layer(document, 7)
        document = changes.select_point(document, (0.25, 0.7))
        graph = replace(document.overlay("graph"), is_visible=True)
        document = changes.set_overlay(document, graph)
        desk.apply(document, "change everything")

    def close(self) -> None:
        """End in good order."""
        QTimer.singleShot(0, self.window.close)


def main() -> int:
    startup.make_application()
    control = Control()
    threading.Thread(target=control.listen, daemon=True).start()
    return startup.run(app.parse_arguments(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
