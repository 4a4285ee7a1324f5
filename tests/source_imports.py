"""Which modules there are, and what their source imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gtp_core", "gtp_viewer")


def files_of(package: str, root: Path = ROOT) -> dict[str, Path]:
    """The files of a package by the names of their modules."""
    found = {}
    for file in sorted((root / package).rglob("*.py")):
        name = ".".join(file.relative_to(root).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = file
    return found


def imported_names(module: str, file: Path) -> Iterator[str]:
    """The dotted names that `module` imports anywhere in its source.

    Imports inside functions and under TYPE_CHECKING are among them. ``from a import b``
    gives ``a.b``, whether that is a module or a name of one.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module, is_package=file.name == "__init__.py")
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _source(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The module after ``from``, written out in full."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    above = parts[: len(parts) - node.level + is_package]
    return ".".join([*above, *filter(None, [node.module])])


def import_graph(files: dict[str, Path]) -> dict[str, set[str]]:
    """For each module of `files`, the other modules of `files` that it imports."""
    return {
        module: {
            target
            for name in imported_names(module, file)
            if (target := _module_of(name, files)) not in (None, module)
        }
        for module, file in files.items()
    }


def _module_of(name: str, files: dict[str, Path]) -> str | None:
    """The longest beginning of a dotted name that is one of `files`."""
    while name and name not in files:
        name = name.rpartition(".")[0]
    return name or None


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which imports, by whatever way, all others of it.

    These are the strongly connected components, found as Tarjan does (1972).
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for target in sorted(graph[module]):
            if target not in order:
                visit(target)
            if target in stack:
                lowest[module] = min(lowest[module], lowest[target])
        if lowest[module] == order[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in graph:
        if module not in order:
            visit(module)
    return found
