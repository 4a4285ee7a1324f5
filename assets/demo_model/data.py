"""Photographs in class folders: reading, splitting, cropping and augmenting.

Everything stays in memory as one uint8 tensor, and every operation works on a
whole batch, so that feeding the network costs a few percent of training it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Classes:
    """The classes in the order of the network's outputs."""

    wnids: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Photos:
    """Square photographs of one size with their class and file name."""

    images: Tensor  # (N, 3, S, S) uint8
    labels: Tensor  # (N,) int64
    names: tuple[str, ...]  # "<class folder>/<file>"

    def subset(self, index: Tensor) -> Photos:
        """The photographs at ``index``, in that order."""
        names = tuple(self.names[i] for i in index.tolist())
        return Photos(self.images[index], self.labels[index], names)


def read_classes(path: Path) -> Classes:
    """Read ``[{"wnid": ..., "name": ...}, ...]``."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return Classes(
        tuple(entry["wnid"] for entry in entries),
        tuple(entry["name"] for entry in entries),
    )


def iterate_files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield ``("<class folder>/<file>", bytes)`` from a folder or a zip, sorted."""
    if source.is_dir():
        for path in sorted(source.glob("*/*")):
            if path.suffix.lower() in SUFFIXES:
                yield f"{path.parent.name}/{path.name}", path.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        for name in sorted(archive.namelist()):
            path = Path(name)
            if path.suffix.lower() in SUFFIXES:
                yield f"{path.parent.name}/{path.name}", archive.read(name)


def load_photos(source: Path, classes: Classes, cache: Path, size: int) -> Photos:
    """Decode every photograph once; later calls read the ``.npz`` at ``cache``."""
    if not cache.exists():
        _decode(source, classes, cache, size)
    with np.load(cache) as stored:
        return Photos(
            torch.from_numpy(stored["images"]),
            torch.from_numpy(stored["labels"]),
            tuple(stored["names"].tolist()),
        )


def _decode(source: Path, classes: Classes, cache: Path, size: int) -> None:
    order = {wnid: number for number, wnid in enumerate(classes.wnids)}
    images, labels, names = [], [], []
    for name, content in iterate_files(source):
        wnid = name.split("/")[0]
        if wnid not in order:
            continue
        with Image.open(io.BytesIO(content)) as photo:
            square = photo.convert("RGB")
        if square.size != (size, size):
            square = square.resize((size, size), Image.Resampling.BICUBIC)
        images.append(np.asarray(square).transpose(2, 0, 1))
        labels.append(order[wnid])
        names.append(name)
    if not images:
        raise SystemExit(f"no photographs of the known classes in {source}")
    cache.parent.mkdir(parents=True, exist_ok=True)
    partial = cache.with_name("partial-" + cache.name)
    np.savez(
        partial,
        images=np.stack(images),
        labels=np.asarray(labels, dtype=np.int64),
        names=np.asarray(names),
    )
    partial.replace(cache)


def split(photos: Photos, held_out: int) -> tuple[Photos, Photos]:
    """Split off ``held_out`` photographs of each class, chosen by file name alone."""
    by_class: dict[int, list[tuple[str, int]]] = {}
    for index, (label, name) in enumerate(
        zip(photos.labels.tolist(), photos.names, strict=True)
    ):
        digest = hashlib.sha256(name.encode()).hexdigest()
        by_class.setdefault(label, []).append((digest, index))
    validation = sorted(
        index
        for members in by_class.values()
        for _, index in sorted(members)[:held_out]
    )
    chosen = set(validation)
    training = [i for i in range(len(photos.names)) if i not in chosen]
    return photos.subset(torch.tensor(training)), photos.subset(
        torch.tensor(validation, dtype=torch.int64)
    )


def write_split(source: Path, names: set[str], folder: Path) -> int:
    """Copy the named files out as ``folder/<class>/<file>``; return how many."""
    written = 0
    for name, content in iterate_files(source):
        if name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written += 1
    return written


def random_boxes(
    count: int,
    generator: torch.Generator,
    area: tuple[float, float] = (0.35, 1.0),
    stretch: float = 4 / 3,
) -> Tensor:
    """Random crops as rows ``(centre x, centre y, half width, half height)``.

    Coordinates run from -1 to 1 over the photograph. A negative half width
    mirrors the crop, which half of them do.
    """
    draw = torch.rand(count, 5, generator=generator)
    size = area[0] + (area[1] - area[0]) * draw[:, 0]
    ratio = torch.exp((2 * draw[:, 1] - 1) * float(np.log(stretch)))
    width = (size * ratio).sqrt().clamp(max=1)
    height = (size / ratio).sqrt().clamp(max=1)
    x = (2 * draw[:, 2] - 1) * (1 - width)
    y = (2 * draw[:, 3] - 1) * (1 - height)
    mirrored = torch.where(draw[:, 4] < 0.5, -width, width)
    return torch.stack((x, y, mirrored, height), dim=1)


def crop(images: Tensor, boxes: Tensor, size: int, mode: str = "bilinear") -> Tensor:
    """Resample ``boxes`` of uint8 ``images`` to (B, 3, size, size), 0 to 1.

    Sizes below the photographs' own are sampled finer and averaged, so that
    shrinking never aliases.
    """
    finer = 1
    while size * finer < images.shape[-1]:
        finer += 1
    theta = torch.zeros(len(boxes), 2, 3)
    theta[:, 0, 0], theta[:, 0, 2] = boxes[:, 2], boxes[:, 0]
    theta[:, 1, 1], theta[:, 1, 2] = boxes[:, 3], boxes[:, 1]
    fine = size * finer
    grid = functional.affine_grid(
        theta, [len(boxes), 3, fine, fine], align_corners=False
    )
    pixels = functional.grid_sample(
        images.float(), grid, mode, padding_mode="reflection", align_corners=False
    )
    if finer > 1:
        pixels = functional.avg_pool2d(pixels, finer)
    return pixels.div_(255).clamp_(0, 1)


def photometric(images: Tensor, generator: torch.Generator) -> Tensor:
    """Vary brightness, contrast, saturation and sharpness of each image.

    Sharpness goes both ways: photographs from a camera are sharper than an
    enlarged thumbnail, scaled-down screenshots softer.
    """
    draw = 2 * torch.rand(len(images), 4, 1, 1, 1, generator=generator) - 1
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * (1 + 0.4 * draw[:, 0])
    mean = images.mean((1, 2, 3), keepdim=True)
    images = mean + (images - mean) * (1 + 0.3 * draw[:, 1]) + 0.15 * draw[:, 2]
    soft = functional.avg_pool2d(
        images, 3, stride=1, padding=1, count_include_pad=False
    )
    return images + (images - soft) * draw[:, 3]


def normalise(
    images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]
) -> Tensor:
    """Subtract ``mean`` and divide by ``std`` for each colour."""
    return (images - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)


def resize_whole(images: Tensor, size: int) -> Tensor:
    """Uint8 photographs as (B, 3, size, size), 0 to 1, antialiased bicubic."""
    pixels = images.float().div_(255)
    if images.shape[-1] == size:
        return pixels
    resized = functional.interpolate(
        pixels, size=size, mode="bicubic", antialias=True, align_corners=False
    )
    return resized.clamp_(0, 1)
