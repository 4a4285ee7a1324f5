"""The features of a reduced network beside those of the unpruned one.

Both run through the same block loop. What is compared is the tokens after a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.document.subject import NO_EDITS, Edits
from gtp_core.network.accelerated import AcceleratedViT
from gtp_core.records.features import LayerFeatures

COLORS = 3
"""Main directions that are shown: red, green, blue."""
_SPREAD = (0.02, 0.98)
"""What a colour channel spans: one extreme patch must not flatten the others."""
_FLAT = 1e-6
"""Tokens that differ by less than this share of their length do not differ."""


@dataclass(frozen=True)
class UnprunedLayer:
    """The unpruned network's tokens after one layer, and the directions of its colours.

    `class_token` (C,), None where there is none; `patches` (N, C). A token's place
    along the directions is (token - `mean`) @ `axes`, with `axes` (C, 3); `low` and
    `high` (3,) are where the colour channels begin and end.
    """

    class_token: Tensor | None
    patches: Tensor
    mean: Tensor
    axes: Tensor
    low: Tensor
    high: Tensor

    @property
    def nbytes(self) -> int:
        """Memory of the tokens and the directions."""
        return self.patches.nbytes + self.axes.nbytes

    def places(self, tokens: Tensor) -> Tensor:
        """Places (K, 3) of `tokens` (K, C) along the main directions."""
        return (tokens - self.mean) @ self.axes

    def colors(self, tokens: Tensor) -> Tensor:
        """Colours (K, 3) uint8 of `tokens` (K, C)."""
        span = (self.high - self.low).clamp_min(torch.finfo(torch.float32).tiny)
        shares = ((self.places(tokens) - self.low) / span).clamp(0.0, 1.0)
        shares = torch.where(self.high > self.low, shares, 0.5)
        return (255.0 * shares).round().to(torch.uint8)


@torch.inference_mode()
def unpruned_layers(fast: AcceleratedViT, images: Tensor) -> Iterator[UnprunedLayer]:
    """What every method is compared with: `fast` has to be the unpruned network.

    `images` (1, 3, H, W). The sign of a direction is chosen so that the patches lie
    along it as they did in the layer before; stepping through the layers, colours do
    not jump to their opposites. In the first layer the largest entry is positive.
    """
    before: Tensor | None = None
    for ids, tokens in fast.tokens_by_layer(images):
        layer = _unpruned_layer(fast, ids, tokens, before)
        before = layer.places(layer.patches)
        yield layer


@torch.inference_mode()
def features_by_layer(
    fast: AcceleratedViT,
    images: Tensor,
    unpruned: Sequence[UnprunedLayer],
    edits: Edits = NO_EDITS,
) -> Iterator[LayerFeatures]:
    """How the features of `fast` compare with the `unpruned` ones of the same image.

    `edits` are those of `fast` alone.
    """
    found = fast.tokens_by_layer(images, edits)
    for (ids, tokens), truth in zip(found, unpruned, strict=True):
        yield _compared(ids, tokens, truth)


def _unpruned_layer(
    fast: AcceleratedViT, ids: Tensor, tokens: Tensor, before: Tensor | None
) -> UnprunedLayer:
    patches = tokens[ids >= 0]
    mean = patches.mean(0)
    axes = _main_directions(patches - mean)
    places = (patches - mean) @ axes
    if before is None:
        largest = axes.gather(0, axes.abs().argmax(0, keepdim=True))[0]
        sign = torch.where(largest < 0, -1.0, 1.0)
    else:
        sign = torch.where((places * before).sum(0) < 0, -1.0, 1.0)
    low, high = torch.quantile(places * sign, torch.tensor(_SPREAD), dim=0)
    has_class_token = bool(fast.vit.has_class_token)
    class_token = tokens[0] if has_class_token else None
    return UnprunedLayer(class_token, patches, mean, axes * sign, low, high)


def _main_directions(centred: Tensor) -> Tensor:
    """(N, C) -> (C, 3): the directions of largest variance, the largest first."""
    _, vectors = torch.linalg.eigh(centred.T @ centred)
    directions: Tensor = vectors[:, -COLORS:].flip(1)
    return directions


def _compared(ids: Tensor, tokens: Tensor, truth: UnprunedLayer) -> LayerFeatures:
    is_patch = (ids >= 0) & (ids < len(truth.patches))
    patches, own = ids[is_patch], tokens[is_patch]
    others = truth.patches[patches]
    class_similarity = None
    if truth.class_token is not None:
        class_similarity = _cosines(tokens[:1], truth.class_token[None]).item()
    return LayerFeatures(
        tokens=patches.numpy(),
        similarity=_cosines(own, others).numpy(),
        colors=truth.colors(own).numpy(),
        class_similarity=class_similarity,
        cka=linear_cka(own, others),
    )


def _cosines(first: Tensor, second: Tensor) -> Tensor:
    """(K, C) and (K, C) -> (K,), from -1 to 1."""
    return functional.cosine_similarity(first, second, dim=1).clamp(-1.0, 1.0)


def linear_cka(first: Tensor, second: Tensor) -> float | None:
    """Linear CKA of the same tokens in two networks: (K, C) and (K, C) -> 0 to 1.

    Kornblith et al., arXiv 1905.00414, section 3. None if either set of tokens does
    not differ.
    """
    one, two = _centred(first), _centred(second)
    if one is None or two is None:
        return None
    if len(one) < one.shape[1]:  # the smaller products give the same
        grams = one @ one.T, two @ two.T
        shared = (grams[0] * grams[1]).sum()
    else:
        grams = one.T @ one, two.T @ two
        shared = (one.T @ two).square().sum()
    lengths = torch.linalg.matrix_norm(grams[0]) * torch.linalg.matrix_norm(grams[1])
    return min(float(shared / lengths), 1.0)


def _centred(tokens: Tensor) -> Tensor | None:
    """Without their mean, of length 1 all together; None if nothing is left."""
    centred = tokens - tokens.mean(0)
    length = torch.linalg.matrix_norm(centred)
    if not length > _FLAT * torch.linalg.matrix_norm(tokens):
        return None
    unit: Tensor = centred / length
    return unit
