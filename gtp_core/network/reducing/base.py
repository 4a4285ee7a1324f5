"""The contract between the block loop and a reduction method.

A method is a subclass of `Reducer`. A built-in one is a file in `network/reducers`,
registered for its config by `@implements`. The loop calls `start` once per batch. In
each layer it calls `bias` and `read_map` (if the method needs the attention map) during
attention, and `reduce` between attention and MLP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import torch
from torch import Tensor

from gtp_core.methods import MethodBase
from gtp_core.network.blocks import Need
from gtp_core.network.recording import Step, TraceRecorder
from gtp_core.network.reducing.token_edits import TokenEdits
from gtp_core.records.macs import NetworkShape

Config = TypeVar("Config", bound=MethodBase)


@dataclass(frozen=True)
class Setting:
    """What is fixed for one network and input size."""

    prefix: int
    has_class_token: bool
    grid: tuple[int, int]
    depth: int

    @property
    def patches(self) -> int:
        return self.grid[0] * self.grid[1]


@dataclass
class Layer:
    """What `reduce` gets of the current layer.

    `index` counts layers from 0. `tokens` (B, n, C) are those after attention, prefix
    tokens first. `count` of them are to be removed; it is clamped already and at least
    1. `readings` is what `read_map` returned. If they were asked for, `keys` (B, n, d)
    is the sum of the keys over heads, and `value_norms` (B, H, n) holds the lengths of
    the values.
    """

    index: int
    tokens: Tensor
    count: int
    readings: tuple[Tensor, ...]
    keys: Tensor | None
    value_norms: Tensor | None = None


class Reducer(Generic[Config]):
    """One method in one forward pass. Subclasses hold what they need per batch."""

    needs_keys: ClassVar[bool] = False
    needs_value_norms: ClassVar[bool] = False
    pads: ClassVar[bool] = False
    """True if an image may keep fewer tokens than it has rows. The other rows are
    padding. They stand behind the tokens and have a negative id.
    """
    always_explicit: bool = False
    averages: ClassVar[bool] = False
    edits: TokenEdits | None = None
    """What the user decided about single tokens of the batch; None for nothing."""

    def __init__(
        self, config: Config, setting: Setting, recorder: TraceRecorder | None
    ) -> None:
        self.config = config
        self.setting = setting
        self.recorder = recorder

    @classmethod
    def refusal(cls, config: Config, has_class_token: bool) -> str | None:
        """Why this method cannot run on such a network; None if it can."""
        del config, has_class_token
        return None

    @classmethod
    def edits_refusal(cls, config: Config) -> str | None:
        """Why single patches cannot be kept or forced out; None if they can.

        A method that chooses its tokens without `edits` keeps this refusal.
        """
        return (
            f"{config.title} chooses its tokens in its own way and cannot be told to "
            "keep or remove single patches; clear the marks to see it."
        )

    @classmethod
    def most(cls, config: Config, image_tokens: int, prefix: int) -> int:
        """The most tokens that may leave a layer that `image_tokens` enter."""
        del config, prefix
        return max(image_tokens - 1, 0)

    @classmethod
    def overhead_macs(
        cls, config: Config, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        """Multiply-adds of selecting and moving `count` of `tokens` tokens.

        Prefix tokens are included in `tokens`; `layer` counts from 0.
        """
        del config, shape, tokens, count, layer
        return 0

    @classmethod
    def setup_macs(cls, config: Config, shape: NetworkShape) -> int:
        """Multiply-adds spent once per image."""
        del config, shape
        return 0

    @classmethod
    def added(cls, config: Config) -> int:
        """Tokens that each reducing layer adds."""
        del config
        return 0

    def need(self, count: int) -> Need:
        """What a layer that removes `count` tokens must show of its attention."""
        del count
        return Need.NOTHING

    def start(self, tokens: Tensor) -> None:
        """Once per batch, with the embedded tokens (B, prefix + N, C)."""

    def bias(self) -> Tensor | None:
        """Added to the attention logits per key (B, n); None for nothing."""
        return None

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        """What the method wants to know of the attention map; its tensors begin with b.

        `attention` is the map (b, H, n, n), which may be edited in place. If only the
        class token's row was needed, it may be that row alone (b, H, 1, n).
        """
        del attention
        return ()

    def reduce(self, layer: Layer) -> Tensor:
        """The tokens that go on, (B, n - count + added, C), prefix tokens first."""
        raise AssertionError(f"{self.config} removed nothing in layer {layer.index}")

    def idle(self, tokens: Tensor) -> None:
        """Called in a layer in which nothing is removed. Only the trace notes it."""
        if self.recorder is None:
            return
        ids = self.all_ids(tokens)[:, self.setting.prefix :] - self.setting.prefix
        self.recorder.steps.append(Step(ids, ids, ids[:, :0], scales=self.scales()))

    def all_ids(self, tokens: Tensor) -> Tensor:
        """Ids of the tokens (B, n) in their order; negative for padding.

        Prefix tokens come first: patch p has the id prefix + p.
        """
        return torch.arange(tokens.shape[1], device=tokens.device).expand(
            tokens.shape[0], -1
        )

    def scales(self) -> Tensor | None:
        """Token scales (B, prefix + n), None for all ones."""
        return None

    def pool_weights(self) -> Tensor | None:
        """Weights (B, prefix + n) of an average pooling head; None for equal ones."""
        return None


REDUCERS: dict[type[MethodBase], type[Reducer]] = {}  # type: ignore[type-arg]

ReducerClass = TypeVar("ReducerClass", bound=type[Reducer])  # type: ignore[type-arg]


def implements(config: type[MethodBase]) -> Callable[[ReducerClass], ReducerClass]:
    """Registers a Reducer as the implementation of a config."""

    def register(reducer: ReducerClass) -> ReducerClass:
        REDUCERS[config] = reducer
        return reducer

    return register
