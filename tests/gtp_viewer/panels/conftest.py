"""Panels are shown as a user sees them: with the theme of the window, on a screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from gtp_viewer import theme

W = TypeVar("W", bound=QWidget)


@pytest.fixture(autouse=True)
def dark_theme(qapp: QApplication) -> Iterator[None]:
    """Every test starts in the dark theme, without the widgets of the one before."""
    if theme.scheme() != "dark" or qapp.style().objectName() != "fusion":
        theme.apply(qapp, "dark")
    yield
    # Outside of an event loop, nobody else deletes what is to be deleted later.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if theme.scheme() != "dark":
        theme.apply(qapp, "dark")


@pytest.fixture
def show(qtbot: Any) -> Callable[[W, int, int], W]:
    """Show a widget at a given size, active, so that it gets keys and clicks."""

    def shown(widget: W, width: int, height: int) -> W:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        qtbot.waitExposed(widget)
        return widget

    return shown


def colors_of(widget: QWidget) -> set[str]:
    """The names of all colours that a widget shows."""
    return colors_in(widget.grab().toImage())


def colors_in(image: QImage) -> set[str]:
    """The names of all colours of an image."""
    return {f"#{value:06X}" for value in np.unique(_pixels(image)).tolist()}


def paper_of(widget: QWidget) -> str:
    """The colour that a widget shows most of."""
    values, counts = np.unique(_pixels(widget.grab().toImage()), return_counts=True)
    return f"#{int(values[np.argmax(counts)]):06X}"


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF
