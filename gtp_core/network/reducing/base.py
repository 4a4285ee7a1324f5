"""The contract between the block loop and a reduction method.

A method is one file in this package: a subclass of `Reducer`, registered for its
config by `@implements`. The loop calls `start` once per batch, then in each layer
`bias` and `read_map` (if the method needs the attention map) during attention, and
`reduce` between attention and MLP.
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

    `tokens` (B, n, C) after attention, prefix tokens first; `count` tokens to remove
    (already clamped, at least 1); `readings` what `read_map` returned; `keys`
    (B, n, d) the sum of the keys over heads (its direction is what counts) and
    `value_norms` (B, H, n), both if asked for.
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
    """Whether images may keep fewer tokens than there are rows: the rest is padding,
    behind the others, and has a negative id."""
    always_explicit: bool = False
    averages: ClassVar[bool] = False

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
    def most(cls, config: Config, image_tokens: int, prefix: int) -> int:
        """The most tokens that may leave a layer that `image_tokens` enter."""
        del config, prefix
        return max(image_tokens - 1, 0)

    @classmethod
    def overhead_macs(
        cls, config: Config, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        """Multiply-adds of selecting and moving `count` of `tokens` (prefix
        included) in layer `layer`, counted from 0."""
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
        """Reads (and may edit in place) what was needed: the map (b, H, n, n), or at
        least the class token's row (b, H, 1, n)."""
        del attention
        return ()

    def reduce(self, layer: Layer) -> Tensor:
        """The tokens that go on, (B, n - count + added, C), prefix tokens first."""
        raise AssertionError(f"{self.config} removed nothing in layer {layer.index}")

    def idle(self, tokens: Tensor) -> None:
        """A layer in which nothing is removed: only the trace notes it."""
        if self.recorder is None:
            return
        ids = self.all_ids(tokens)[:, self.setting.prefix :] - self.setting.prefix
        self.recorder.steps.append(Step(ids, ids, ids[:, :0], scales=self.scales()))

    def all_ids(self, tokens: Tensor) -> Tensor:
        """Ids of the tokens (B, n) in their order, prefix tokens counted first;
        negative for padding."""
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
