"""The actions of the window: one file for each menu, found by themselves.

A menu has ORDER, its place among the menus, and `add(context)`, which adds its
commands.
"""

from __future__ import annotations

import sys

from gtp_core.discovery import modules_in
from gtp_viewer.context import Context


def add_all(context: Context) -> None:
    """Add the commands of all menus, in the order in which the menus stand."""
    menus = sorted(modules_in(sys.modules[__name__]), key=lambda menu: menu.ORDER)
    for menu in menus:
        menu.add(context)
