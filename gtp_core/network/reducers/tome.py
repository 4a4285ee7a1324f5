"""ToMe: token merging by bipartite soft matching (ICLR 2023, arXiv 2210.09461).

Training-free. Tokens are split into two sets, alternating; each token of the first
set proposes the most similar token of the second (cosine similarity of the keys,
mean over heads), and the `r` most similar pairs are merged into their average,
weighted by how many patches each token stands for.
"""

from __future__ import annotations

from gtp_core.methods.tome import ToMe
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.bipartite import bipartite_pairs, matching_macs
from gtp_core.network.reducing.merging import MergingReducer
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.records.macs import NetworkShape


@implements(ToMe)
class ToMeReducer(MergingReducer[ToMe]):
    """Merges the most similar pairs into their average."""

    @classmethod
    def overhead_macs(
        cls, config: ToMe, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del config, layer
        return matching_macs(shape, tokens) + count * shape.width

    def pairs(self, layer: Layer) -> Pairs:
        assert layer.keys is not None
        return bipartite_pairs(layer.keys, layer.count, self.setting.prefix)

    def weighs_by_size(self) -> bool:
        return self.config.proportional_attention
