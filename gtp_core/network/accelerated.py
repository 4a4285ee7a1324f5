"""Runs any supported Vision Transformer with a reduction method."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Union

import numpy as np
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from gtp_core.document.subject import NO_EDITS, Edits
from gtp_core.methods import MethodBase
from gtp_core.network.attention_policy import AttentionPolicy, shared_policy
from gtp_core.network.backbones.support import unsupported_reason
from gtp_core.network.blocks import AttentionRequest, Block, Need
from gtp_core.network.recording import TraceRecorder
from gtp_core.network.reducers import reducer_of
from gtp_core.network.reducing import Layer, Reducer, Setting
from gtp_core.network.reducing.token_edits import TokenEdits
from gtp_core.network.shape import embed, network_shape
from gtp_core.records.macs import LayerMacs, MacCount, NetworkShape
from gtp_core.records.trace import Trace

EditsOfBatch = Union[Edits, Sequence[Edits], None]
"""Edits for all images of a batch, for each of them, or none at all."""


def accelerate(
    vit: nn.Module, method: MethodBase, policy: AttentionPolicy | None = None
) -> AcceleratedViT:
    """`vit` with `method`: an nn.Module in eval mode with the same head.

    It shares the weights of `vit` and never changes it. A module of `vit` that is
    replaced afterwards is not seen. `policy` chooses how attention is computed; by
    default all networks of a process share one that measures. Raises ValueError in one
    sentence if the network is not supported, if the method cannot run on it, or if the
    method's schedule does not fit its number of layers.
    """
    return AcceleratedViT(vit, method, policy or shared_policy())


class AcceleratedViT(nn.Module):
    """A network that reduces its tokens on the way. Made by `accelerate`.

    `requested` is how many tokens the method asks to remove in each layer. `schedule`
    is how many are really removed, because at least one image token must stay. `left`
    is how many image tokens there are after each layer: EViT and GTP with a mean token
    add one where they remove some. Where the numbers depend on the image (ATS),
    `left` is the most that can be left, and `schedule` belongs to it.
    """

    vit: Any

    def __init__(self, vit: Any, method: MethodBase, policy: AttentionPolicy) -> None:
        super().__init__()
        reason = unsupported_reason(vit)
        if reason is not None:
            raise ValueError(reason)
        reducer = reducer_of(method)
        refusal = reducer.refusal(method, bool(vit.has_class_token))
        if refusal is None and reducer.pads:
            refusal = _padding_refusal(method, vit)
        if refusal is not None:
            raise ValueError(refusal)
        self.method = method
        self.vit = _shared_copy(vit)
        self.training = False
        self._reducer = reducer
        self.policy = policy
        self._blocks = [Block(block, policy) for block in self.vit.blocks]
        self.requested = method.requested(len(self._blocks))
        self.shape = network_shape(self.vit)
        self.schedule, self.left = self._clamped(self.shape)

    def train(self, mode: bool = True) -> AcceleratedViT:
        """Stays in eval mode: the methods are for inference."""
        del mode
        return super().train(False)

    @property
    def attention_ways(self) -> tuple[str | None, ...]:
        """How the last forward pass computed each layer's attention.

        "fused" or "explicit" (see `gtp_core.network.attention`), None before the first
        pass.
        """
        return tuple(block.way for block in self._blocks)

    def forward(self, images: Tensor, edits: EditsOfBatch = None) -> Tensor:
        """Logits (B, classes) of normalised `images` (B, 3, H, W); no gradients.

        `edits` pin single patches or force them out: one Edits for all images, or one
        for each. Raises ValueError if the method cannot do that, or for a patch that
        is not there.
        """
        if torch.compiler.is_compiling():
            # A compiler cannot enter inference mode on its own, and saves what that
            # mode saves anyway.
            with torch.no_grad():
                return self._run(images, None, edits)[0]
        if torch.is_inference_mode_enabled():
            return self._run(images, None, edits)[0]
        with torch.inference_mode():
            logits = self._run(images, None, edits)[0]
        # The copy is an ordinary tensor: unlike the original, autograd takes it.
        return logits.clone()

    @torch.inference_mode()
    def trace(self, images: Tensor, edits: EditsOfBatch = None) -> list[Trace]:
        """What the method did with each image of (B, 3, H, W); see Trace.

        `edits` as for `forward`.
        """
        recorder = TraceRecorder()
        recorder.averages = self._reducer.averages
        recorder.edits = _of_each(edits, len(images))
        logits, setting = self._run(images, recorder, edits)
        return recorder.traces(str(self.method), setting.grid, logits, setting.prefix)

    @torch.inference_mode()
    def attention_rows(
        self, images: Tensor, layer: int, token: int, edits: EditsOfBatch = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """One token's row of the attention map in `layer` (from 0), for each head.

        `images` (1, 3, H, W); `token` is a patch number, or -1, -2, ... for the
        first, second, ... prefix token. Returns ids (n,), prefix tokens as -1, -2,
        ..., and rows (heads, n). `edits` as for `forward`. Raises ValueError if there
        is not exactly one image, no such layer, or if the token does not enter that
        layer.
        """
        if len(images) != 1:
            raise ValueError(f"Attention rows are those of 1 image, not {len(images)}.")
        if not 0 <= layer < self.shape.depth:
            raise ValueError(f"Layer is {layer}; allowed: 0 to {self.shape.depth - 1}.")
        steps = self._steps(images, None, edits)
        tokens, reducer = next(itertools.islice(steps, layer, None))
        ids, real = self._ids(tokens, reducer)
        positions = ((ids == token) & real).nonzero()
        if len(positions) == 0:
            raise ValueError(f"Token {token} does not enter layer {layer + 1}.")
        count = self._schedule_at(reducer.setting)[layer]
        block = self._blocks[layer]
        rows = _map_row(reducer, block, count, tokens, int(positions[0]))
        return ids[real].numpy(), rows.float().cpu()[:, real].numpy()

    @torch.inference_mode()
    def tokens_by_layer(
        self, images: Tensor, edits: EditsOfBatch = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """The tokens of one image, (1, 3, H, W), as they leave each layer.

        Yields ids (n,), as `attention_rows` has them, and tokens (n, C) in float32,
        both on the CPU. Padding is left out. `edits` as for `forward`. Raises
        ValueError if there is not exactly one image.
        """
        if len(images) != 1:
            raise ValueError(f"Tokens are those of 1 image, not {len(images)}.")
        steps = self._steps(images, None, edits)
        for tokens, reducer in itertools.islice(steps, 1, None):
            ids, real = self._ids(tokens, reducer)
            yield ids[real], tokens[0].float().cpu()[real]

    def _ids(self, tokens: Tensor, reducer: Reducer[Any]) -> tuple[Tensor, Tensor]:
        """The ids (n,) of the first image's `tokens`, and which of them are real.

        Prefix tokens are -1, -2, ...; the others have the numbers of patches.
        """
        prefix = self.shape.prefix
        ids = reducer.all_ids(tokens)[0]
        real = (ids >= 0).cpu()
        return torch.where(ids < prefix, -1 - ids, ids - prefix).cpu(), real

    def macs(self) -> MacCount:
        """Multiply-adds per image at the network's own input size.

        Where the number of tokens depends on the image (ATS) it is an upper bound.
        Every image reaches it: the rest is padding, which is computed as well.
        """
        shape = self.shape
        layers = []
        tokens = shape.patches + shape.prefix
        for index, (count, left) in enumerate(
            zip(self.schedule, self.left, strict=True)
        ):
            after = left + shape.prefix
            layers.append(
                LayerMacs(
                    attention=shape.attention_macs(tokens),
                    mlp=shape.mlp_macs(after),
                    overhead=self._overhead(tokens, count, index),
                    tokens_in=tokens,
                    tokens_out=after,
                )
            )
            tokens = after
        setup = 0
        if any(self.schedule):
            setup = self._reducer.setup_macs(self.method, shape)
        head = shape.head_macs(self.left[-1])
        return MacCount(tuple(layers), shape.embedding, head, setup)

    def _overhead(self, tokens: int, count: int, layer: int) -> int:
        if not count:
            return 0
        overhead = self._reducer.overhead_macs
        return overhead(self.method, self.shape, tokens, count, layer)

    def _clamped(self, shape: NetworkShape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How many tokens are removed in each layer, and how many image tokens are
        left.
        """
        left = shape.patches
        removed, after = [], []
        for requested in self.requested:
            most = self._reducer.most(self.method, left, shape.prefix)
            count = min(requested, most)
            if count:
                left += self._reducer.added(self.method) - count
            removed.append(count)
            after.append(left)
        return tuple(removed), tuple(after)

    def _run(
        self, images: Tensor, recorder: TraceRecorder | None, edits: EditsOfBatch
    ) -> tuple[Tensor, Setting]:
        for tokens, reducer in self._steps(images, recorder, edits):  # noqa: B007
            pass
        tokens = self.vit.norm(tokens)
        return self._head(tokens, reducer), reducer.setting

    def _steps(
        self, images: Tensor, recorder: TraceRecorder | None, edits: EditsOfBatch
    ) -> Iterator[tuple[Tensor, Reducer[Any]]]:
        """Yields the tokens (B, n, C) before the first layer and after each layer.

        The reducer that comes with them knows who these tokens are.
        """
        tokens, grid = embed(self.vit, images)
        has_class_token = bool(self.vit.has_class_token)
        setting = Setting(self.shape.prefix, has_class_token, grid, self.shape.depth)
        reducer = self._reducer(self.method, setting, recorder)
        if edits:
            reducer.edits = self._token_edits(edits, setting, tokens)
        reducer.start(tokens)
        yield tokens, reducer
        schedule = self._schedule_at(setting)
        for index, (block, count) in enumerate(
            zip(self._blocks, schedule, strict=True)
        ):
            tokens = self._layer(reducer, block, index, count, tokens)
            yield tokens, reducer

    def _token_edits(
        self, edits: EditsOfBatch, setting: Setting, tokens: Tensor
    ) -> TokenEdits | None:
        """The edits of a batch as a table; None if no token can leave anyway."""
        each = _of_each(edits, len(tokens))
        for one in each:
            self.check_edits(one, setting.patches)
        if not any(self.requested) or not any(each):
            return None
        return TokenEdits.of(
            each, setting.prefix, setting.patches, setting.depth, tokens.device
        )

    def check_edits(self, edits: Edits, patches: int | None = None) -> None:
        """Raises ValueError, in one sentence, if `edits` cannot be carried out.

        `patches` is how many there are, if that is not the network's own number.
        """
        count = self.shape.patches if patches is None else patches
        last = max((*edits.pinned, *edits.forced), default=0)
        if last >= count:
            raise ValueError(
                f"There is no patch {last}; this network has patches 0 to {count - 1}."
            )
        refusal = self._reducer.edits_refusal(self.method)
        if edits and any(self.requested) and refusal is not None:
            raise ValueError(refusal)

    def _schedule_at(self, setting: Setting) -> tuple[int, ...]:
        """The schedule at the size of the images at hand."""
        if setting.grid == self.shape.grid:
            return self.schedule
        return self._clamped(network_shape(self.vit, setting.grid))[0]

    def _layer(
        self,
        reducer: Reducer[Any],
        block: Block,
        index: int,
        count: int,
        tokens: Tensor,
    ) -> Tensor:
        need = reducer.need(count)
        request = AttentionRequest(
            need=need,
            bias=reducer.bias(),
            reader=None if need is Need.NOTHING else reducer.read_map,
            keys=reducer.needs_keys and count > 0,
            value_norms=reducer.needs_value_norms and count > 0,
            always_explicit=reducer.always_explicit,
        )
        answer = block.attend(tokens, request)
        tokens = answer.tokens
        if count:
            tokens = reducer.reduce(
                Layer(
                    index,
                    tokens,
                    count,
                    answer.readings,
                    answer.keys,
                    answer.value_norms,
                )
            )
        else:
            reducer.idle(tokens)
        return block.mlp(tokens)

    def _head(self, tokens: Tensor, reducer: Reducer[Any]) -> Tensor:
        weights = reducer.pool_weights()
        is_plain = type(self.vit).forward_head is VisionTransformer.forward_head
        if weights is not None and is_plain and self.vit.global_pool == "avg":
            start = 0 if self.vit.pool_include_prefix else self.shape.prefix
            share = weights[:, start:] / weights[:, start:].sum(1, keepdim=True)
            pooled = (share[:, None, :].to(tokens.dtype) @ tokens[:, start:])[:, 0]
            averaged: Tensor = self.vit.head(self.vit.fc_norm(pooled))
            return averaged
        logits: Tensor = self.vit.forward_head(tokens)
        return logits


def _of_each(edits: EditsOfBatch, count: int) -> list[Edits]:
    """One Edits for each of `count` images. Raises ValueError for another number."""
    if isinstance(edits, Edits) or edits is None:
        return [edits or NO_EDITS] * count
    if len(edits) != count:
        raise ValueError(f"{len(edits)} edits do not fit {count} images.")
    return list(edits)


def _padding_refusal(method: MethodBase, vit: Any) -> str | None:
    """Why the network's pooling would count padding; None if it would not."""
    if vit.global_pool in ("token", "avg", "max"):
        return None
    return (
        f"{method.title} leaves padding behind the tokens of an image, which this "
        f"network's pooling ({vit.global_pool}) would count; use evit or topk instead."
    )


def _shared_copy(vit: nn.Module) -> nn.Module:
    """The same network in eval mode on the same memory.

    Its parameters are objects of their own, so that moving or converting the copy
    leaves `vit` where it is. Raises ValueError if it cannot be copied.
    """
    shared: dict[int, Any] = {
        id(one): nn.Parameter(one.detach(), one.requires_grad)
        for one in vit.parameters()
    }
    shared |= {id(one): one.detach() for one in vit.buffers()}
    try:
        return copy.deepcopy(vit, shared).eval()
    except Exception as error:  # whatever a module was given to hold
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(
            f"{type(vit).__name__} is not supported: it cannot be copied ({reason})."
        ) from error


def _map_row(
    reducer: Reducer[Any], block: Block, count: int, tokens: Tensor, position: int
) -> Tensor:
    """Row `position` of each head's attention map, (heads, n), after the method's
    edits.
    """
    found: list[Tensor] = []
    reads = reducer.need(count) is Need.MAP

    def reader(attention: Tensor) -> tuple[Tensor, ...]:
        readings = reducer.read_map(attention) if reads else ()
        found.append(attention[0, :, position].clone())
        return readings

    request = AttentionRequest(Need.MAP, reducer.bias(), reader, always_explicit=True)
    block.attend(tokens, request)
    return found[0]
