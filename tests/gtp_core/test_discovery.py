"""What lies in a folder is found."""

from __future__ import annotations

from gtp_core import drawing, methods
from gtp_core.discovery import classes_in, modules_in
from gtp_core.methods import MethodBase
from gtp_core.methods import gtp as gtp_module


def test_the_modules_of_a_package_are_imported() -> None:
    names = [module.__name__ for module in modules_in(methods)]
    assert "gtp_core.methods.gtp" in names
    assert names == sorted(names)
    assert all(name.startswith("gtp_core.methods.") for name in names)


def test_only_the_classes_that_a_module_defines_itself_are_its_own() -> None:
    assert classes_in(gtp_module, MethodBase) == [gtp_module.GTP]
    assert classes_in(drawing, MethodBase) == []
