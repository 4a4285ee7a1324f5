"""What one run of a reduced network did, as read-only arrays.

Ids are patch numbers of the original grid, row-major, 0 to N-1. A merged token keeps
the id of the token it was merged into; a token that a method adds (mean or fused)
has the id N + layer.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]

SPATIAL = 1
SEMANTIC = 2
BOTH = SPATIAL | SEMANTIC


def read_only(values: Any, dtype: Any) -> NDArray[Any]:
    """A contiguous array of `dtype` that nobody can write to."""
    array = np.ascontiguousarray(values, dtype=dtype)
    if array.base is not None or array is values:
        array = array.copy()
    array.flags.writeable = False
    return array


def _nobody() -> IntArray:
    return np.empty(0, np.int32)


def _freeze(record: Any, dtypes: dict[str, Any]) -> None:
    for name, dtype in dtypes.items():
        value = getattr(record, name)
        if value is not None:
            object.__setattr__(record, name, read_only(value, dtype))


class _Pickled:
    """Arrays stay read-only when a record is copied or pickled."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Links(_Pickled):
    """Content that really moved: removed `source` -> `target`, times `weight`.

    All three have shape (L,). `weight` is the coefficient really applied, with the
    method's own factor (GTP's α) included.
    """

    source: IntArray
    target: IntArray
    weight: FloatArray

    def __post_init__(self) -> None:
        _freeze(self, {"source": np.int32, "target": np.int32, "weight": np.float32})

    def __len__(self) -> int:
        return len(self.source)

    @staticmethod
    def none() -> Links:
        """No link at all."""
        return Links(
            np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
        )


@dataclass(frozen=True, eq=False)
class TokenGraph(_Pickled):
    """The token graph as edges: content may flow from `source` to `target`.

    `weight` (E,) is the symmetrically normalised weight, `kind` (E,) one of SPATIAL,
    SEMANTIC or BOTH.
    """

    source: IntArray
    target: IntArray
    weight: FloatArray
    kind: NDArray[np.uint8]

    def __post_init__(self) -> None:
        _freeze(
            self,
            {
                "source": np.int32,
                "target": np.int32,
                "weight": np.float32,
                "kind": np.uint8,
            },
        )

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False)
class Factor(_Pickled):
    """One of the numbers whose product is a score: `values` (tokens,) by `name`."""

    name: str
    values: FloatArray

    def __post_init__(self) -> None:
        _freeze(self, {"values": np.float32})


@dataclass(frozen=True, eq=False)
class LayerTrace(_Pickled):
    """What one layer did to the image tokens of one image.

    `tokens`, `kept`, `removed`, `added`, `orphans` hold ids; `scores` (aligned with
    `tokens`, None where the method has none) rank them, the lowest leaving unless the
    user decided otherwise;
    `self_weights` (aligned with `kept`) is the share of its own content that a kept
    token keeps (1 unless the method averages); `token_scales` lists prefix tokens
    first, then `kept`, then `added`. `class_attention` (aligned with `tokens`) is the
    class token's attention, mean over heads, where the method had the map at hand.
    `factors` (each aligned with `tokens`) multiply to `scores`; there are none where
    the score is no product.
    """

    layer: int
    tokens: IntArray
    kept: IntArray
    removed: IntArray
    added: IntArray
    scores: FloatArray | None
    links: Links
    self_weights: FloatArray
    token_scales: FloatArray
    orphans: IntArray
    class_attention: FloatArray | None = None
    factors: tuple[Factor, ...] = ()

    def __post_init__(self) -> None:
        ids = dict.fromkeys(("tokens", "kept", "removed", "added", "orphans"), np.int32)
        numbers = dict.fromkeys(
            ("scores", "self_weights", "token_scales", "class_attention"), np.float32
        )
        _freeze(self, ids | numbers)

    @property
    def after(self) -> IntArray:
        """Ids of the image tokens that leave this layer, in their order."""
        if len(self.added) == 0:
            return self.kept
        return read_only(np.concatenate([self.kept, self.added]), np.int32)

    @property
    def image_scales(self) -> FloatArray:
        """Token scales of the image tokens alone, aligned with `after`."""
        return self.token_scales[len(self.token_scales) - len(self.after) :]


@dataclass(frozen=True, eq=False)
class Trace(_Pickled):
    """What a reduced network did with one image.

    `grid` is (rows, columns) of patches; `logits` (C,); `graph` the token graph, or
    None for a method without one. `averages` says that tokens are averages weighted
    by size (ToMe, PiToMe; in ToFu times a factor), so that a token's content is its
    size times the average.
    """

    method: str
    grid: tuple[int, int]
    logits: FloatArray
    graph: TokenGraph | None
    layers: tuple[LayerTrace, ...]
    averages: bool = False
    pinned: IntArray = field(default_factory=_nobody)
    forced: IntArray = field(default_factory=_nobody)
    _cache: dict[int, NDArray[np.float32]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        dtypes = {"logits": np.float32, "pinned": np.int32, "forced": np.int32}
        _freeze(self, dtypes)

    def __getstate__(self) -> dict[str, Any]:
        state = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return state | {"_cache": {}}

    @property
    def patches(self) -> int:
        """How many patches the image has."""
        return self.grid[0] * self.grid[1]

    def provenance(self, layer: int) -> FloatArray:
        """How much of each original patch each token holds after `layer` (from 0).

        Returns a read-only array (tokens, N), rows aligned with
        ``layers[layer].after``, mixed exactly as the reduction mixed them (paper of
        GTP, eq. 6; ToMe: averages weighted by size). Attention and MLP, which mix
        features and not content shares, are left out. Raises IndexError if there is
        no such layer.
        """
        if layer < 0:
            layer += len(self.layers)
        if not 0 <= layer < len(self.layers):
            raise IndexError(f"No layer {layer}; there are {len(self.layers)}.")
        if layer not in self._cache:
            if layer == 0:
                before = np.eye(self.patches, dtype=np.float32)
            else:
                before = self.provenance(layer - 1)
            self._cache[layer] = _advance(before, self.layers[layer])
        return self._cache[layer]

    def mixed(self, values: FloatArray, layer: int) -> FloatArray:
        """What `values` (N, k) of the patches become in the tokens after `layer`.

        The same as ``provenance(layer) @ values``, at a small part of its cost.
        """
        for step in self.layers[: layer + 1]:
            values = _advance(values, step)
        return values

    def held(self, layer: int) -> FloatArray:
        """How much of each patch is still held by any token after `layer`: (N,).

        An average over n tokens counts n-fold, so that merging loses nothing. These
        are the column sums of `provenance`. They are found from the last layer back to
        the first with one number for each token, so that a large grid stays small.
        Raises IndexError as `provenance` does.
        """
        if layer < 0:
            layer += len(self.layers)
        if not 0 <= layer < len(self.layers):
            raise IndexError(f"No layer {layer}; there are {len(self.layers)}.")
        last = self.layers[layer]
        counts = last.image_scales if self.averages else np.ones(len(last.after))
        for step in reversed(self.layers[: layer + 1]):
            counts = _carried_back(counts, step)
        return read_only(counts, np.float32)

    def lost(self, layer: int) -> FloatArray:
        """How much of each patch is gone after `layer`: (N,); held + lost = 1.

        Below zero where propagation handed out more than there was (large α), or
        where a merged token was lengthened (ToFu).
        """
        return read_only(1.0 - self.held(layer), np.float32)


def _carried_back(counts: NDArray[Any], step: LayerTrace) -> NDArray[np.float64]:
    """How much each token entering `step` counts, from what each after it counts."""
    after, tokens = step.after, step.tokens
    top = int(max(tokens.max(initial=-1), after.max(initial=-1))) + 1
    by_id = np.zeros(top)
    by_id[after] = counts
    found = np.zeros(top)
    found[step.kept] = by_id[step.kept] * step.self_weights
    links = step.links
    moved = by_id[links.target] * links.weight
    found += np.bincount(links.source, moved, top)
    return found[tokens]


def _advance(before: FloatArray, step: LayerTrace) -> FloatArray:
    """Provenance after `step` from provenance before it."""
    after = step.after
    top = int(max(step.tokens.max(initial=-1), after.max(initial=-1))) + 1
    row_before = np.full(top, -1, dtype=np.int64)
    row_before[step.tokens] = np.arange(len(step.tokens))
    row_after = np.full(top, -1, dtype=np.int64)
    row_after[after] = np.arange(len(after))
    result = np.zeros((len(after), before.shape[1]), dtype=np.float32)
    kept_rows = before[row_before[step.kept]]
    result[: len(step.kept)] = kept_rows * step.self_weights[:, None]
    links = step.links
    moved = before[row_before[links.source]] * links.weight[:, None]
    np.add.at(result, row_after[links.target], moved)
    result.flags.writeable = False
    return result
