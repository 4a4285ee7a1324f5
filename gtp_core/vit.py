"""Runs any supported Vision Transformer with a reduction method."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from gtp_core.backbones.support import unsupported_reason
from gtp_core.blocks import Block
from gtp_core.config import MethodBase
from gtp_core.macs import LayerMacs, MacCount, NetworkShape
from gtp_core.methods import REDUCERS, Layer, Reducer, Setting
from gtp_core.network import embed, network_shape
from gtp_core.trace import Trace
from gtp_core.tracing import Recorder


def accelerate(vit: nn.Module, method: MethodBase) -> AcceleratedViT:
    """`vit` with `method`: an nn.Module in eval mode with the same head.

    It shares the weights of `vit` and never changes it. Raises ValueError in one
    sentence if the network is not supported, if the method cannot run on it, or if
    the method's schedule does not fit its number of layers.
    """
    return AcceleratedViT(vit, method)


class AcceleratedViT(nn.Module):
    """A network that reduces its tokens on the way. Made by `accelerate`."""

    def __init__(self, vit: nn.Module, method: MethodBase) -> None:
        super().__init__()
        reason = unsupported_reason(vit)
        if reason is not None:
            raise ValueError(reason)
        reducer = REDUCERS.get(type(method))
        if reducer is None:
            raise ValueError(f"{method!r} is not a method; see gtp_core.METHODS.")
        refusal = reducer.refusal(method, bool(vit.has_class_token))
        if refusal is not None:
            raise ValueError(refusal)
        self.method = method
        self.vit = _shared_copy(vit)
        self.training = False
        self._reducer = reducer
        self._blocks = [Block(block) for block in self.vit.blocks]
        self.requested = method.requested(len(self._blocks))
        self.shape = network_shape(self.vit)
        self.schedule = self._clamped(self.shape)

    def train(self, mode: bool = True) -> AcceleratedViT:
        """Stays in eval mode: the methods are for inference."""
        del mode
        return super().train(False)

    @torch.inference_mode()
    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, classes) of normalised `images` (B, 3, H, W); no gradients."""
        return self._run(images, None)[0]

    @torch.inference_mode()
    def trace(self, images: Tensor) -> list[Trace]:
        """What the method did with each image of (B, 3, H, W); see Trace."""
        recorder = Recorder()
        recorder.averages = self._reducer.averages
        logits, setting = self._run(images, recorder)
        return recorder.traces(str(self.method), setting.grid, logits, setting.prefix)

    def macs(self) -> MacCount:
        """Multiply-adds per image at the network's own input size."""
        shape = self.shape
        layers = []
        tokens = shape.patches + shape.prefix
        for count in self.schedule:
            overhead = 0
            left = tokens
            if count:
                overhead = self._reducer.overhead_macs(
                    self.method, shape, tokens, count
                )
                left = tokens - count + self._reducer.added(self.method)
            layers.append(
                LayerMacs(
                    attention=shape.attention_macs(tokens),
                    mlp=shape.mlp_macs(left),
                    overhead=overhead,
                    tokens_in=tokens,
                    tokens_out=left,
                )
            )
            tokens = left
        setup = 0
        if any(self.schedule):
            setup = self._reducer.setup_macs(self.method, shape)
        head = shape.head + tokens * shape.head_per_token
        return MacCount(tuple(layers), shape.embedding, head, setup)

    def _clamped(self, shape: NetworkShape) -> tuple[int, ...]:
        """The schedule that can really be carried out, one count per layer."""
        left = shape.patches
        schedule = []
        for requested in self.requested:
            most = self._reducer.most(self.method, left, shape.prefix)
            count = min(requested, most)
            schedule.append(count)
            if count:
                left += self._reducer.added(self.method) - count
        return tuple(schedule)

    def _run(self, images: Tensor, recorder: Recorder | None) -> tuple[Tensor, Setting]:
        tokens, grid = embed(self.vit, images)
        setting = Setting(
            self.shape.prefix, self.vit.has_class_token, grid, len(self._blocks)
        )
        schedule = self.schedule
        if grid != self.shape.grid:
            schedule = self._clamped(network_shape(self.vit, grid))
        reducer = self._reducer(self.method, setting, recorder)
        reducer.start(tokens)
        for index, (block, count) in enumerate(
            zip(self._blocks, schedule, strict=True)
        ):
            tokens = self._layer(reducer, block, index, count, tokens)
        tokens = self.vit.norm(tokens)
        return self._head(tokens, reducer), setting

    def _layer(
        self, reducer: Reducer, block: Block, index: int, count: int, tokens: Tensor
    ) -> Tensor:
        explicit = reducer.wants_map(count)
        tokens, readings, keys = block.attend(
            tokens,
            reducer.bias(),
            explicit,
            reducer.read_map if explicit else None,
            reducer.needs_keys and count > 0,
        )
        if count:
            tokens = reducer.reduce(Layer(index, tokens, count, readings, keys))
        else:
            reducer.idle(index, tokens)
        return block.mlp(tokens)

    def _head(self, tokens: Tensor, reducer: Reducer) -> Tensor:
        weights = reducer.pool_weights()
        if weights is not None and self.vit.global_pool == "avg":
            start = 0 if self.vit.pool_include_prefix else self.shape.prefix
            share = weights[:, start:] / weights[:, start:].sum(1, keepdim=True)
            pooled = (share[:, None, :].to(tokens.dtype) @ tokens[:, start:])[:, 0]
            return self.vit.head(self.vit.fc_norm(pooled))
        logits: Tensor = self.vit.forward_head(tokens)
        return logits


def _shared_copy(vit: nn.Module) -> nn.Module:
    """The same network in eval mode, its parameters and buffers shared."""
    shared = {id(tensor): tensor for tensor in vit.parameters()}
    shared |= {id(tensor): tensor for tensor in vit.buffers()}
    return copy.deepcopy(vit, shared).eval()
