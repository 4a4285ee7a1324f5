"""Short names of the entries of a document, all of them different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import PurePath

from gtp_core.catalogue import BACKBONES
from gtp_core.document.document import Document
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.labels import labels, numbered

_FAMILIES = {
    "DeiT": "DeiT",
    "DeiT distilled": "DeiT distilled",
    "DeiT-III": "DeiT-III",
    "AugReg ViT": "ViT",
    "ViT, average pooling": "ViT pooled",
    "DINOv2": "DINOv2",
    "DINOv2 with registers": "DINOv2 registers",
    "CLIP": "CLIP",
    "SigLIP": "SigLIP",
    "LV-ViT": "LV-ViT",
}
_SIZES = {
    "tiny": "T",
    "small": "S",
    "medium": "M",
    "base": "B",
    "large": "L",
    "so400m": "So400m",
}


def entry_labels(document: Document) -> tuple[str, ...]:
    """One name for each entry, such as "GTP P=8".

    The network is named where the entries run on several: "GTP P=8 · DeiT-S".
    """
    models = [document.model_of(entry) for entry in document.entries]
    if len(set(models)) == 1:
        return labels(document.methods)
    # Methods are told apart among all of them: what differs on one network alone would
    # make two methods on two networks look like one.
    different = list(dict.fromkeys(document.methods))
    names = dict(zip(different, labels(different), strict=True))
    return numbered(
        f"{names[method]} · {network}"
        for method, network in zip(document.methods, model_names(models), strict=True)
    )


def model_names(models: Sequence[ModelSpec]) -> tuple[str, ...]:
    """A short name for each network; equal networks have one name.

    Networks of one short name are called by their full name, and those that differ in
    weights or device alone by what differs.
    """
    different = list(dict.fromkeys(models))
    return tuple(_name_among(model, different) for model in models)


def short_name(name: str) -> str:
    """ "deit_small_patch16_224" is "DeiT-S". A name that is not listed stays."""
    backbone = BACKBONES.get(name)
    family = None if backbone is None else _FAMILIES.get(backbone.family)
    size = next((_SIZES[part] for part in name.split("_") if part in _SIZES), None)
    return name if family is None or size is None else f"{family}-{size}"


def _name_among(model: ModelSpec, different: Sequence[ModelSpec]) -> str:
    short = short_name(model.name)
    alike = [other for other in different if short_name(other.name) == short]
    if len({other.name for other in alike}) > 1:
        short = model.name
        alike = [other for other in different if other.name == model.name]
    told_apart = [
        _word(field.name, getattr(model, field.name))
        for field in fields(model)
        if len({getattr(other, field.name) for other in alike}) > 1
    ]
    return ", ".join([short, *told_apart])


def _word(field: str, value: object) -> str:
    """What tells a network apart from another of the same name."""
    if field == "weights":
        is_file = value not in ("auto", "random")
        return PurePath(str(value)).name if is_file else f"{value} weights"
    if field == "image_size":
        return "own size" if value is None else f"{value} px"
    return f"seed {value}" if field == "seed" else str(value)
