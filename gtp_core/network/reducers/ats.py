"""ATS: adaptive token sampling (ECCV 2022, arXiv 2111.15667).

The significance of image token j is what the class token takes from it, its attention
times the length of the token's value, as a share of the sum over image tokens; mean
over heads, each normalised (paper section 3.1). Tokens are then drawn by inverse
transform sampling, not at random but at evenly spaced points of the cumulated
significance, (2t - 1) / 2T for t = 1 to T, as the paper does (section 3.2). A token
that is drawn several times is kept once, so that images whose significance sits in few
tokens keep fewer, often far fewer, than T.

Images of a batch differ in their number of tokens. Shapes stay the same nevertheless:
the rows of an image that hold no token are padding, copies of its first kept token,
with a bias of minus infinity, so that nobody attends to them. They are computed but
change nothing, and MACs count them: an upper bound. T is the number of rows that
entered, padding included, less `removed`; a layer that removes 0 does not sample.

A patch that the user forces out has no significance, so it is never drawn as long as
another has some: all such patches leave in the first layer that samples. A pinned
token that was not drawn takes the place of padding, or else of the least significant
token that was drawn.

The paper uses it both without training, as here, and with fine-tuning. Chosen here:
tokens are cumulated in the order of the patches, and a point draws the token in whose
share it falls; published code cumulates them by rising significance and takes the
token whose sum is nearest. The paper's module stands in some layers only and draws
from the same number of points in each; a schedule cannot say that, because every layer
that samples draws from fewer points than the one before.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.ats import ATS
from gtp_core.network.blocks import Need
from gtp_core.network.recording import Step
from gtp_core.network.reducing.base import Layer, Reducer, implements
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.token_edits import FORCED, PINNED
from gtp_core.records.macs import NetworkShape

_PADDING = -1


@implements(ATS)
class ATSReducer(Reducer[ATS]):
    """State of one batch: the ids of the tokens left, padding behind them."""

    needs_value_norms = True
    pads = True

    @classmethod
    def refusal(cls, config: ATS, has_class_token: bool) -> str | None:
        del config
        if has_class_token:
            return None
        return (
            "ATS samples tokens by the class token's attention, "
            "and this network has no class token; use gtp or tome instead."
        )

    @classmethod
    def overhead_macs(
        cls, config: ATS, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del config, count, layer
        norms = tokens * shape.heads * shape.head_width
        row = shape.attention_row_macs(tokens)
        return row + norms + tokens * shape.heads

    @classmethod
    def edits_refusal(cls, config: ATS) -> str | None:
        del config
        return None

    def need(self, count: int) -> Need:
        return Need.CLASS_ROW if count else Need.NOTHING

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        self.ids = torch.arange(total, device=tokens.device).expand(batch, total)
        self.mask: Tensor | None = None

    def bias(self) -> Tensor | None:
        return self.mask

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        return (attention[:, :, 0].clone(),)  # (b, H, n)

    def reduce(self, layer: Layer) -> Tensor:
        assert layer.value_norms is not None
        prefix, attention = self.setting.prefix, layer.readings[0]
        before, norms = self.ids, layer.value_norms
        scores = _significance(
            attention[:, :, prefix:], norms[:, :, prefix:], before[:, prefix:]
        )
        places, is_real = self._sampled(scores, scores.shape[1] - layer.count)
        front = torch.arange(prefix, device=places.device).expand(len(places), -1)
        kept = torch.cat([front, places + prefix], dim=1)
        is_real = torch.cat([torch.ones_like(front, dtype=torch.bool), is_real], dim=1)
        self.ids = before.gather(1, kept).masked_fill(~is_real, _PADDING)
        self.mask = torch.zeros_like(kept, dtype=scores.dtype).masked_fill(
            ~is_real, -torch.inf
        )
        if self.recorder is not None:
            self._record(before, places, scores, attention)
        return rows(layer.tokens, kept)

    def _sampled(self, scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """As `_sample`, after the user's edits."""
        if self.edits is None:
            return _sample(scores, count)
        groups = self.edits.groups(self.ids)[:, self.setting.prefix :]
        drawable = scores.masked_fill(groups == FORCED, 0.0)
        is_any = drawable.sum(1, keepdim=True) > 0
        places, is_real = _sample(torch.where(is_any, drawable, scores), count)
        return _with_pinned(places, is_real, scores, groups == PINNED)

    def all_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids

    def pool_weights(self) -> Tensor | None:
        """Padding does not count in an average."""
        return None if self.mask is None else self.mask.exp()

    def _record(
        self, before: Tensor, places: Tensor, scores: Tensor, attention: Tensor
    ) -> None:
        assert self.recorder is not None
        prefix = self.setting.prefix
        tokens = before[:, prefix:] - prefix
        self.recorder.steps.append(
            Step(
                tokens=tokens,
                kept=self.ids[:, prefix:] - prefix,
                removed=tokens.scatter(1, places, _PADDING),
                scores=scores,
                class_attention=attention.mean(1)[:, prefix:],
            )
        )


def _significance(attention: Tensor, norms: Tensor, ids: Tensor) -> Tensor:
    """Scores (B, N) of image tokens; each image's sum to 1, padding has 0.

    `attention` of the class token and `norms` of the values: (B, H, N); `ids` (B, N).
    Where all scores were zero, all tokens are equally significant.
    """
    raw = attention.to(norms.dtype) * norms
    tiny = torch.finfo(raw.dtype).tiny
    scores = (raw / raw.sum(-1, keepdim=True).clamp_min(tiny)).mean(1)
    total = scores.sum(1, keepdim=True)
    scores = torch.where(total > 0, scores, (ids >= 0).to(scores.dtype))
    return scores / scores.sum(1, keepdim=True)


def _sample(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Inverse transform sampling at `count` even points.

    Returns places (B, count) among the tokens of `scores` (B, N), in their order,
    and which of them are real; the others repeat the first.
    """
    total = scores.shape[1]
    cumulated = scores.cumsum(1)
    cumulated = cumulated / cumulated[:, -1:]  # ends at 1, rounding or not
    points = torch.arange(1, 2 * count, 2, device=scores.device, dtype=scores.dtype)
    points = (points / (2 * count)).expand(len(scores), -1).contiguous()
    drawn = torch.searchsorted(cumulated, points)
    repeats = drawn[:, 1:] == drawn[:, :-1]
    once = torch.cat([drawn[:, :1], drawn[:, 1:].masked_fill(repeats, total)], dim=1)
    places = once.sort(dim=1).values
    is_real = places < total
    return torch.where(is_real, places, drawn[:, :1]), is_real


def _with_pinned(
    places: Tensor, is_real: Tensor, scores: Tensor, is_pinned: Tensor
) -> tuple[Tensor, Tensor]:
    """What `_sample` returned, with the pinned ones of the tokens (B, N) among it.

    If there are more than rows, the most significant of them stay.
    """
    nobody = torch.zeros_like(is_pinned)
    drawn = nobody.scatter(1, places, True)  # padding repeats a token that is drawn
    order = scores.argsort(dim=1, descending=True, stable=True)
    worth = (drawn.int() + 2 * is_pinned.int()).gather(1, order)
    order = order.gather(1, worth.argsort(dim=1, descending=True, stable=True))
    stays = nobody.scatter(1, order[:, : places.shape[1]], True)
    stays &= drawn | is_pinned
    places = (~stays).int().argsort(dim=1, stable=True)[:, : places.shape[1]]
    is_real = stays.gather(1, places)
    return torch.where(is_real, places, places[:, :1]), is_real
