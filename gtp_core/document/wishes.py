"""What can be wished for: records that name a piece of work by all it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from gtp_core.document.subject import ModelSpec, Subject
from gtp_core.methods import MethodBase
from gtp_core.photos.geometry import InputSpec


@dataclass(frozen=True)
class ReadPhoto:
    """Read a photo: its size, its thumbnail, or what is wrong with it."""

    photo: int


@dataclass(frozen=True)
class PreparePhoto:
    """Make a photo ready to be painted and, with a spec, to be run."""

    photo: int
    spec: InputSpec | None


@dataclass(frozen=True)
class FitPhoto:
    """Make the network's input of a photo that is not on screen."""

    photo: int
    spec: InputSpec


@dataclass(frozen=True)
class LoadNetwork:
    """Load a network."""

    model: ModelSpec


@dataclass(frozen=True)
class RunSubject:
    """Run a photo through a network under a method. `content` names the input."""

    subject: Subject
    content: str


@dataclass(frozen=True)
class AttendFrom:
    """Ask for the attention of one token (a patch number) in a layer, from 0."""

    subject: Subject
    content: str
    layer: int
    token: int


@dataclass(frozen=True)
class FeaturesOf:
    """Compare the features of a photo under a method with the unpruned ones."""

    subject: Subject
    content: str


@dataclass(frozen=True)
class MeasureKey:
    """What a measurement is of. The first of `methods` is the unpruned network."""

    model: ModelSpec
    methods: tuple[MethodBase, ...]
    batch: int
    runtime: str


@dataclass(frozen=True)
class MeasureMethods:
    """Measure methods side by side."""

    key: MeasureKey


PhotoWish = Union[ReadPhoto, PreparePhoto, FitPhoto]
EngineWish = Union[LoadNetwork, RunSubject, AttendFrom, FeaturesOf, MeasureMethods]
Wish = Union[PhotoWish, EngineWish]

# The channels of the engine: of each, the latest request wins.
LOAD, MEASURE, ATTEND, COMPARE = "load", "measure", "attention", "features"
SURVEY = "survey"


def load_channel(model: ModelSpec) -> str:
    """The channel in which a network is loaded that is not the document's own."""
    return f"{LOAD} {model}"


def truth_channel(model: ModelSpec) -> str:
    """The channel in which a network is run that no entry shows unpruned."""
    return f"truth {model}"


def run_channel(entry: int) -> str:
    """The channel in which the entry of this id is run."""
    return f"run {entry}"
