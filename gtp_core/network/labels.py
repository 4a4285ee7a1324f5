"""From the names of folders and files to class numbers."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset
from torch import nn

from gtp_core.assets import asset

_WNID = re.compile(r"n\d{8}(?!\d)")


class Labels:
    """Knows classes by number, by name and by WordNet id."""

    def __init__(self, names: Sequence[str], wnids: Sequence[str] = ()) -> None:
        """`names` and `wnids` are in the order of the classes.

        A name may list synonyms, separated by commas. A synonym that several classes
        share is not used.
        """
        synonyms = [
            (simple(part), number)
            for number, name in enumerate(names)
            for part in {name, *name.split(",")}
        ]
        shared = Counter(name for name, _ in set(synonyms))
        self._numbers = {name: n for name, n in synonyms if shared[name] == 1}
        self._numbers |= {wnid: number for number, wnid in enumerate(wnids)}

    @staticmethod
    def of(vit: nn.Module) -> Labels:
        """What is known of a backbone's classes."""
        names, wnids = _facts(vit)
        return Labels(names, wnids)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def of_name(self, name: str) -> int | None:
        """The class that a folder's or file's name stands for, None if unknown.

        It may be a class name (spaces, dashes and underscores are the same), a WordNet
        id, or begin with one.
        """
        number = self._numbers.get(simple(name))
        if number is not None:
            return number
        wnid = _WNID.match(name)
        return self._numbers.get(wnid.group()) if wnid else None

    def of_path(self, path: Path, given: Sequence[Path] = ()) -> int | None:
        """The class of an image by the name of its folder; None if unknown.

        Or by the folder around that (``n01443537/images/x.JPEG``), or by its own name
        if it is in no folder. `given` are the folders that the user named. Folders
        above them are not looked at.
        """
        folders, is_sorted = _folders(path, given)
        for part in folders if is_sorted else (*folders, path.stem):
            number = self.of_name(part)
            if number is not None:
                return number
        return None


def _folders(path: Path, given: Sequence[Path]) -> tuple[list[str], bool]:
    """The names of the two folders around `path`, the nearest first, and whether it
    lies in a folder below one of those `given`."""
    for root in given:
        if root.is_dir() and path.is_relative_to(root):
            below = path.relative_to(root).parts[:-1]
            names = (*reversed(below), root.resolve().name)
            return [name for name in names[:2] if name], bool(below)
    return [folder.name for folder in path.parents[:2] if folder.name], False


def simple(name: str) -> str:
    """`name` with small letters and single spaces, so that spellings compare equal."""
    return " ".join(re.split(r"[\s_-]+", name.casefold().strip()))


def _facts(vit: nn.Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names, WordNet ids) of a backbone's classes, each empty where unknown."""
    names = tuple(getattr(vit, "class_names", None) or ())
    if getattr(vit, "pretrained_cfg", {}).get("architecture") == "demo":
        return _demo_facts(names)
    subset = infer_imagenet_subset({"num_classes": getattr(vit, "num_classes", 0)})
    if not subset:
        return names, ()
    info = ImageNetInfo(subset)
    wnids = info.label_names()  # type: ignore[no-untyped-call]
    return names or tuple(info.label_descriptions()), tuple(wnids)


def _demo_facts(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        config = json.loads(asset("demo_model/config.json").read_text("utf-8"))
    except FileNotFoundError:
        return names, ()
    return names or tuple(config["class_names"]), tuple(config.get("wnids", ()))
