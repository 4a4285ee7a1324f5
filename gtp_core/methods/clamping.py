"""What to say where fewer tokens can leave than a method asks for."""

from __future__ import annotations

from collections.abc import Sequence

from gtp_core.methods.base import MethodBase


def clamp_sentence(
    method: MethodBase, requested: Sequence[int], schedule: Sequence[int]
) -> str | None:
    """One sentence about the tokens that must stay; None if all leave as asked.

    `requested` and `schedule` are the tokens asked for and really removed in each
    layer. For example "GTP P=30 asks for 360 tokens to leave, but only 195 can: layers
    7 to 12 have too few."
    """
    pairs = zip(requested, schedule, strict=True)
    layers = [layer for layer, (asked, given) in enumerate(pairs, 1) if given < asked]
    if not layers:
        return None
    verb = "have" if len(layers) > 1 else "has"
    return (
        f"{method.label} asks for {sum(requested)} tokens to leave, but only "
        f"{sum(schedule)} can: {_in_words(layers)} {verb} too few."
    )


def _in_words(layers: Sequence[int]) -> str:
    """Such as "layer 7", "layers 7 to 12" or "layers 2, 7 and 9"."""
    first, last = layers[0], layers[-1]
    if first == last:
        return f"layer {first}"
    if len(layers) > 2 and last - first == len(layers) - 1:
        return f"layers {first} to {last}"
    before = ", ".join(map(str, layers[:-1]))
    return f"layers {before} and {last}"
