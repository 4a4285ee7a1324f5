"""Reduction methods as frozen, validated records (no torch here).

A *method* is a reduction with its parameters. Each class below is the single
place where a method's parameters, their ranges, their short keys in the text form
and their help texts are written down; the command line, the reports and the
settings of the window all read them from here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Union

from gtp_core import method_text
from gtp_core.parameters import (
    Parameter,
    choice,
    declare,
    flag,
    fraction,
    removed_count,
    whole,
)
from gtp_core.schedule import LayerRange, Schedule, expand_schedule

SELECTIONS = (
    "mixed_attn_max",
    "mixed_attn_mean",
    "diag_attn_max",
    "diag_attn_mean",
    "img_attn_max",
    "img_attn_mean",
    "cls_attn_max",
    "cls_attn_mean",
    "cos_sim_max",
    "cos_sim_mean",
    "random",
)
"""How a token's importance is scored; the lowest scores leave."""

GRAPHS = ("mixed", "spatial", "semantic")
PROPAGATIONS = ("graph", "mean", "none")


class MethodBase:
    """What all methods share: a name, a text form, a schedule.

    Equality, hashing and immutability come from the frozen dataclasses below.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    schedule_field: ClassVar[str | None] = None
    needs_class_token: ClassVar[bool] = False
    is_timing_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            parameter = field.metadata["parameter"]
            value = parameter.clean(self.title, field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, value)

    def __str__(self) -> str:
        return method_text.format_method(self)

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Field name -> Parameter, in the order in which they are shown."""
        fields = dataclasses.fields(cls)  # type: ignore[arg-type]
        return {field.name: field.metadata["parameter"] for field in fields}

    @property
    def label(self) -> str:
        """A short name with the main parameter, for panes and legends."""
        if self.schedule_field is None:
            return self.title
        parameter = self.parameters()[self.schedule_field]
        value = method_text.format_value(getattr(self, self.schedule_field))
        return f"{self.title} {parameter.label}={value}"

    def requested(self, depth: int) -> tuple[int, ...]:
        """Tokens to remove in each of `depth` layers, before any clamping.

        Raises ValueError when the schedule does not fit `depth` layers.
        """
        if self.schedule_field is None:
            return (0,) * depth
        value: Schedule = getattr(self, self.schedule_field)
        return expand_schedule(self.title, self.schedule_field, value, depth)

    def with_counts(self, counts: Schedule) -> MethodBase:
        """The same method with another schedule."""
        if self.schedule_field is None:
            return self
        changes: dict[str, Any] = {self.schedule_field: counts}
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]


@dataclass(frozen=True)
class Unpruned(MethodBase):
    """The network as it is: the truth that every method is compared with."""

    name: ClassVar[str] = "unpruned"
    title: ClassVar[str] = "Unpruned"
    summary: ClassVar[str] = "the network as it is, no token removed"

    attention: str = choice(
        "fused",
        "attention",
        "attention",
        "fused: the fastest attention there is on the device; "
        "eager: explicit product, softmax, product.",
        ("fused", "eager"),
    )


@dataclass(frozen=True)
class GTP(MethodBase):
    """Graph-based token propagation (WACV 2024, arXiv 2311.03035); training-free."""

    name: ClassVar[str] = "gtp"
    title: ClassVar[str] = "GTP"
    summary: ClassVar[str] = "propagates the least important tokens along a graph"
    schedule_field: ClassVar[str | None] = "propagated"

    propagated: Schedule = removed_count("P", "propagated")
    alpha: float = declare(
        0.1,
        Parameter(
            "alpha",
            "α",
            "number",
            "How much of a propagated token its neighbours receive.",
            minimum=0.0,
            suggested=(0.0, 1.0, 0.05),
        ),
    )
    theta: float = declare(
        1.0,
        Parameter(
            "theta",
            "θ",
            "number",
            "Share of the attention map that is kept; 1 keeps all of it.",
            minimum=0.0,
            maximum=1.0,
            above_minimum=True,
            suggested=(0.3, 1.0, 0.05),
        ),
    )
    graph: str = choice(
        "mixed",
        "graph",
        "graph",
        "Edges to the 8 grid neighbours, to the most similar tokens, or both.",
        GRAPHS,
    )
    neighbours: int = whole(
        8, "M", "M", "Most similar tokens that each token is joined to.", 1, 32
    )
    selection: str = choice(
        "mixed_attn_max",
        "select",
        "selection",
        "How importance is scored; the lowest scores are propagated.",
        SELECTIONS,
    )
    propagation: str = choice(
        "graph",
        "propagate",
        "propagation",
        "graph: to neighbours; mean: one mean token is added; none: dropped.",
        PROPAGATIONS,
    )
    token_scale: bool = flag(
        True,
        "scale",
        "token scale",
        "Tokens that received content weigh more in the next attention.",
    )


@dataclass(frozen=True)
class ToMe(MethodBase):
    """Token merging (ICLR 2023, arXiv 2210.09461); training-free."""

    name: ClassVar[str] = "tome"
    title: ClassVar[str] = "ToMe"
    summary: ClassVar[str] = "merges the most similar pairs of tokens"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count("r", "merged away")
    inflection: float = declare(
        0.0,
        Parameter(
            "inflection",
            "inflection",
            "number",
            "-1: twice r in the first layer falling to 0 in the last; 0: constant; "
            "1: rising.",
            minimum=-1.0,
            maximum=1.0,
            suggested=(-1.0, 1.0, 0.25),
        ),
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "Merged tokens weigh as much as the patches that they stand for.",
    )

    def requested(self, depth: int) -> tuple[int, ...]:
        """As for every method; an inflection tilts a constant schedule.

        Each layer's value is cut to an integer, as the published schedule is.
        """
        counts = super().requested(depth)
        if self.inflection == 0.0 or depth == 1:
            return counts
        if not isinstance(self.merged, int):
            raise ValueError(
                f"ToMe: inflection is {self.inflection:g} with a list of counts; "
                "allowed: an inflection only with one number for all layers."
            )
        first = int(self.merged * (1.0 - self.inflection))
        step = (2 * self.merged - 2 * first) / (depth - 1)
        return tuple(int(first + step * layer) for layer in range(depth))


@dataclass(frozen=True)
class ToFu(MethodBase):
    """Token fusion (WACV 2024, arXiv 2312.01026); used without training."""

    name: ClassVar[str] = "tofu"
    title: ClassVar[str] = "ToFu"
    summary: ClassVar[str] = "drops similar tokens early, merges them later"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count("r", "dropped or merged away")
    merge_from: float = fraction(
        0.5,
        "merge_from",
        "merge from",
        "Share of the depth at which merging begins; similar tokens are dropped "
        "before. 0: always merged; 1: always dropped.",
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "Merged tokens weigh as much as the patches that they stand for.",
    )


@dataclass(frozen=True)
class PiToMe(MethodBase):
    """Token merging that protects informative tokens (NeurIPS 2024, 2405.16148)."""

    name: ClassVar[str] = "pitome"
    title: ClassVar[str] = "PiToMe"
    summary: ClassVar[str] = "merges within large groups of similar tokens"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count("r", "merged away")
    margin: float = fraction(
        0.9,
        "margin",
        "margin",
        "Cosine similarity from which tokens count as alike in the first layer; "
        "it falls to 0 over the depth.",
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "Merged tokens weigh as much as the patches that they stand for.",
    )


@dataclass(frozen=True)
class TopK(MethodBase):
    """Plain pruning by attention: the lowest scores are dropped, nothing is kept."""

    name: ClassVar[str] = "topk"
    title: ClassVar[str] = "TopK"
    summary: ClassVar[str] = "drops the tokens with the lowest attention score"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "dropped")
    selection: str = choice(
        "cls_attn_mean",
        "select",
        "selection",
        "How importance is scored; the lowest scores are dropped.",
        SELECTIONS,
    )


@dataclass(frozen=True)
class EViT(MethodBase):
    """EViT (ICLR 2022, arXiv 2202.07800), used without its fine-tuning."""

    name: ClassVar[str] = "evit"
    title: ClassVar[str] = "EViT"
    summary: ClassVar[str] = "keeps the attended tokens, fuses the rest into one"
    schedule_field: ClassVar[str | None] = "removed"
    needs_class_token: ClassVar[bool] = True

    removed: Schedule = removed_count("K", "fused away")


@dataclass(frozen=True)
class ATS(MethodBase):
    """Adaptive token sampling (ECCV 2022, arXiv 2111.15667), used without training."""

    name: ClassVar[str] = "ats"
    title: ClassVar[str] = "ATS"
    summary: ClassVar[str] = "samples by significance, fewer where an image is simple"
    schedule_field: ClassVar[str | None] = "removed"
    needs_class_token: ClassVar[bool] = True

    removed: Schedule = removed_count("K", "fewer to draw, repeats counted,")


@dataclass(frozen=True)
class RandomDrop(MethodBase):
    """A control: drops tokens at random, the same for the same seed and layer."""

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random"
    summary: ClassVar[str] = "control: drops tokens at random"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "dropped")
    seed: int = whole(0, "seed", "seed", "Seed of the random choice.", 0, 99)


@dataclass(frozen=True)
class RadialDrop(MethodBase):
    """A control: drops the tokens farthest from the centre of the image first."""

    name: ClassVar[str] = "radial"
    title: ClassVar[str] = "Radial"
    summary: ClassVar[str] = "control: drops tokens from the rim inwards"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "dropped")


@dataclass(frozen=True)
class GridDrop(MethodBase):
    """A control: thins the image out evenly, whatever it shows."""

    name: ClassVar[str] = "grid"
    title: ClassVar[str] = "Grid"
    summary: ClassVar[str] = "control: drops tokens in an even pattern"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "dropped")


@dataclass(frozen=True)
class Floor(MethodBase):
    """A timing reference: the last K tokens of each layer vanish at no cost."""

    name: ClassVar[str] = "floor"
    title: ClassVar[str] = "Floor"
    summary: ClassVar[str] = "timing reference: tokens vanish at no cost"
    schedule_field: ClassVar[str | None] = "removed"
    is_timing_only: ClassVar[bool] = True

    removed: Schedule = removed_count("K", "dropped")


Method = Union[
    Unpruned,
    GTP,
    ToMe,
    ToFu,
    PiToMe,
    TopK,
    EViT,
    ATS,
    RandomDrop,
    RadialDrop,
    GridDrop,
    Floor,
]

METHODS: dict[str, type[MethodBase]] = {
    method.name: method
    for method in (
        Unpruned,
        GTP,
        ToMe,
        ToFu,
        PiToMe,
        TopK,
        EViT,
        ATS,
        RandomDrop,
        RadialDrop,
        GridDrop,
        Floor,
    )
}
"""Every method by the name of its text form."""


def parse_method(text: str) -> MethodBase:
    """The method that `text` describes, such as ``gtp:P=8,alpha=0.1``.

    Raises ValueError that names the unknown method, the unknown parameter or the
    bad value, and what is allowed.
    """
    return method_text.parse_method(text, METHODS)


__all__ = [
    "ATS",
    "GRAPHS",
    "GTP",
    "METHODS",
    "PROPAGATIONS",
    "SELECTIONS",
    "EViT",
    "Floor",
    "GridDrop",
    "LayerRange",
    "Method",
    "MethodBase",
    "Parameter",
    "PiToMe",
    "RadialDrop",
    "RandomDrop",
    "Schedule",
    "ToFu",
    "ToMe",
    "TopK",
    "Unpruned",
    "parse_method",
]
