"""Methods of someone else: how they are found, checked and loaded."""

from gtp_core.methods.plugins.loading import (
    GROUP,
    PluginError,
    load_all,
    load_entry_point,
    load_plugin,
)

__all__ = ["GROUP", "PluginError", "load_all", "load_entry_point", "load_plugin"]
