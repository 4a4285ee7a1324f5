"""The genealogy of a patch as a picture: bands in columns, ribbons between them.

Columns are the input and what follows each layer. All are equally high: what is lost
is a band of its own at the bottom. Where there is more content than there was, the
column is made to fit and says so. Places are shares of the height, counted from the
top, until `genealogy_sheet` puts them on a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gtp_core.records.genealogy import Column, Genealogy, Stream

OTHERS, LOST = -1, -2
"""In place of a token's id: the band of all thin ones, and that of what is lost."""
THIN = 0.02
"""Tokens with a smaller share of the column share one band."""
MOST = 16
"""So many tokens of a column have a band of their own, at the most."""

_Span = tuple[float, float]


@dataclass(frozen=True)
class Band:
    """A token in a column, by its id, or OTHERS or LOST; `count` tokens in all.

    `share` is of the whole content; `top` and `bottom` are places from 0 to 1.
    """

    column: int
    token: int
    count: int
    share: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Ribbon:
    """What goes from a band to one of the next column: its two ends."""

    source: Band
    target: Band
    share: float
    start: _Span
    end: _Span


@dataclass(frozen=True, eq=False)
class Track:
    """All of it. `totals` are the sums of the columns, without what is lost."""

    bands: tuple[tuple[Band, ...], ...]
    ribbons: tuple[Ribbon, ...]
    totals: tuple[float, ...]

    def __len__(self) -> int:
        """The number of columns."""
        return len(self.bands)

    def band_at(self, column: int, place: float) -> Band | None:
        """The band of a column at a place from 0 to 1."""
        found = (b for b in self.bands[column] if b.top <= place <= b.bottom)
        return next(found, None)


def track(found: Genealogy, thin: float = THIN) -> Track:
    """The picture of a genealogy. Tokens below the share `thin` are put together."""
    columns = found.columns if found.is_forward else found.columns[::-1]
    streams = found.streams if found.is_forward else found.streams[::-1]
    orders = _orders(columns, streams, found.is_forward)
    if not found.is_forward:
        orders = orders[::-1]
    pairs = enumerate(zip(found.columns, orders, strict=True))
    bands = [_bands(place, column, order, thin) for place, (column, order) in pairs]
    ribbons: list[Ribbon] = []
    for place, stream in enumerate(found.streams):
        ribbons += _ribbons(
            bands[place], bands[place + 1], found.columns, place, stream
        )
    totals = tuple(column.total for column in found.columns)
    return Track(tuple(map(tuple, bands)), tuple(ribbons), totals)


# -- the order of the tokens ----------------------------------------------------------


def _orders(
    columns: Sequence[Column], streams: Sequence[Stream], is_forward: bool
) -> list[list[int]]:
    """The tokens of each column from the top, beginning with that of the root.

    Each lies where those that it comes from lie, so that few ribbons cross. Of equals
    the larger one lies on top.
    """
    orders = [columns[0].tokens.tolist()]
    for column, stream in zip(columns[1:], streams, strict=True):
        ends = (stream.source, stream.target)
        known, new = ends if is_forward else ends[::-1]
        size = 1 + max(int(ids.max(initial=-1)) for ids in (known, new, column.tokens))
        place = np.zeros(size)
        place[np.array(orders[-1], int)] = np.arange(len(orders[-1]))
        weight = np.bincount(new, stream.share, size)
        places = np.bincount(new, stream.share * place[known], size)
        middle = places / np.maximum(weight, 1e-12)
        by_size = np.lexsort((-column.shares, middle[column.tokens].round(6)))
        orders.append(column.tokens[by_size].tolist())
    return orders


# -- bands ----------------------------------------------------------------------------


def _bands(place: int, column: Column, order: Sequence[int], thin: float) -> list[Band]:
    """The bands of one column from the top: tokens, the thin ones, what is lost."""
    shares = dict(zip(column.tokens.tolist(), column.shares.tolist(), strict=True))
    fit = max(1.0, column.total)
    alone = set(sorted(shares, key=lambda token: -shares[token])[:MOST])
    alone = {token for token in alone if shares[token] / fit >= thin}
    rest = [token for token in order if token not in alone]
    if len(rest) == 1:
        alone, rest = alone | set(rest), []
    parts = [(token, 1, shares[token]) for token in order if token in alone]
    if rest:
        parts.append((OTHERS, len(rest), sum(shares[token] for token in rest)))
    if column.lost > 5e-4:
        parts.append((LOST, 0, column.lost))
    bands, top = [], 0.0
    for token, count, share in parts:
        bottom = top + share / fit
        bands.append(Band(place, token, count, share, top, bottom))
        top = bottom
    return bands


# -- ribbons --------------------------------------------------------------------------


def _ribbons(
    before: list[Band],
    after: list[Band],
    columns: Sequence[Column],
    place: int,
    stream: Stream,
) -> list[Ribbon]:
    """The ribbons from the column at `place` to the next one."""
    of_source = _band_of(before, columns[place])
    of_target = _band_of(after, columns[place + 1])
    sums: dict[tuple[int, int], float] = {}
    triples = (stream.source.tolist(), stream.target.tolist(), stream.share.tolist())
    for source, target, share in zip(*triples, strict=True):
        if source in of_source and target in of_target:
            key = of_source[source], of_target[target]
            sums[key] = sums.get(key, 0.0) + share
    _add_losses(sums, before, after)
    return _placed(sums, before, after)


def _band_of(bands: list[Band], column: Column) -> dict[int, int]:
    """The number of the band of each token of a column."""
    own = {band.token: number for number, band in enumerate(bands)}
    others = own.get(OTHERS)
    found = ((token, own.get(token, others)) for token in column.tokens.tolist())
    return {token: number for token, number in found if number is not None}


def _add_losses(
    sums: dict[tuple[int, int], float], before: list[Band], after: list[Band]
) -> None:
    """What of each band goes nowhere falls into the band of what is lost."""
    if not after or after[-1].token != LOST:
        return
    for number, band in enumerate(before):
        gone = sum(share for (source, _), share in sums.items() if source == number)
        left = band.share - gone
        if left > 5e-4:
            sums[number, len(after) - 1] = left


def _placed(
    sums: dict[tuple[int, int], float], before: list[Band], after: list[Band]
) -> list[Ribbon]:
    """Ribbons one below the other along their bands, in the order of the other end."""
    keys = sorted(sums)
    starts = _spans(keys, sums, before, 0)
    ends = _spans(sorted(keys, key=lambda key: key[::-1]), sums, after, 1)
    return [
        Ribbon(before[key[0]], after[key[1]], sums[key], starts[key], ends[key])
        for key in keys
    ]


def _spans(
    keys: Iterable[tuple[int, int]],
    sums: dict[tuple[int, int], float],
    bands: list[Band],
    end: int,
) -> dict[tuple[int, int], _Span]:
    """Where each ribbon begins (`end` 0) or ends (1): it takes its part of the band."""
    keys = list(keys)
    whole = [0.0] * len(bands)
    for key in keys:
        whole[key[end]] += sums[key]
    tops = [band.top for band in bands]
    spans = {}
    for key in keys:
        band = bands[key[end]]
        # More may leave a band than is in it: then its parts are made to fit.
        fit = (band.bottom - band.top) / max(whole[key[end]], band.share, 1e-12)
        top = tops[key[end]]
        tops[key[end]] = top + sums[key] * fit
        spans[key] = (top, tops[key[end]])
    return spans
