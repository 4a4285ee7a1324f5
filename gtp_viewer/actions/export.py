"""The menus File › Export and Edit › Copy."""

from __future__ import annotations

from functools import partial

from gtp_core.document.reproduced import as_command, as_python
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.exporting.drag_out import DragOut
from gtp_viewer.exporting.exporter import Exporter

ORDER = 25


def add(context: Context) -> None:
    """Files of what is on screen, and the same on the clipboard."""
    exporter = Exporter(context)
    DragOut(context)
    menu = "File/&Export"
    for name, text, handler, tip in (
        ("pane", "This &pane …", exporter.save_pane, "PNG, SVG or PDF"),
        ("all", "&All panes …", exporter.save_all, "PNG, SVG or PDF"),
        ("strip", "&Film strip …", exporter.save_strip, "All layers as one figure"),
        ("animation", "A&nimation …", exporter.save_animation, "GIF or WebP"),
        (
            "layer-table",
            "Table of &layers as CSV …",
            exporter.save_layer_table,
            "A row for each layer of each pane",
        ),
        (
            "patch-table",
            "Table of pa&tches as CSV …",
            exporter.save_patch_table,
            "A row for each patch of each pane",
        ),
        (
            "trace",
            "T&race as NPZ or JSON …",
            exporter.save_trace,
            "All that is known of the active pane, for other programs",
        ),
    ):
        command = Command(f"export-{name}", menu, text, handler, tip=tip)
        context.commands.add(command)
    _add_copies(context, exporter)


def _add_copies(context: Context, exporter: Exporter) -> None:
    menu = "Edit/&Copy"
    for name, text, handler, keys in (
        ("pane", "Picture of this &pane", exporter.copy_pane, "Ctrl+C"),
        ("all", "Picture of &all panes", exporter.copy_all, "Ctrl+Alt+C"),
        ("table", "&Table of layers", exporter.copy_table, ""),
        ("trace", "T&race as JSON", exporter.copy_trace, ""),
        ("command", "As &command", partial(_copy_command, context, exporter), ""),
        ("python", "As P&ython", partial(_copy_python, context, exporter), ""),
    ):
        context.commands.add(Command(f"copy-{name}", menu, text, handler, keys))


def _copy_command(context: Context, exporter: Exporter) -> None:
    text, missing = as_command(context.desk.view)
    exporter.copy_text(text, f"The command is on the clipboard.{_without(missing)}")


def _copy_python(context: Context, exporter: Exporter) -> None:
    text, missing = as_python(context.desk.view)
    exporter.copy_text(text, f"The script is on the clipboard.{_without(missing)}")


def _without(missing: list[str]) -> str:
    return f" It leaves out: {', '.join(missing)}." if missing else ""
