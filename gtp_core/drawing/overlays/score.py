"""The scores that decide which tokens leave, their factors, and the cut."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.borders import outline
from gtp_core.drawing.color_scale import ColorScale, common_scale
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.overlays.number_cells import number_cells, ramp_entry
from gtp_core.methods import parse_method
from gtp_core.records.cut import cut
from gtp_core.records.trace import FloatArray, LayerTrace

_PLACES = {"first": 0, "second": 1}
"""Which factor of the score each value of the option shows."""


class ScoreOverlay(Overlay):
    """Colours each token that enters the layer by its score.

    A line runs around those on the removal side of the cut.
    """

    name = "score"
    title = "Score"
    shortcut = "S"
    tip = "Selection score of each token, and the cut below which tokens leave"
    order = 1
    group = "colour"
    options = (
        Option(
            "values",
            "Score shows",
            (
                ("score", "Score"),
                ("first", "First factor: hard to regenerate"),
                ("second", "Second factor: broadcasts"),
            ),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        which = self.chosen(values)["values"]
        numbers, scale = _numbers(scene.step, which), _scale(scene, which)
        if numbers is None or scale is None:
            return []
        result = number_cells(scene, scene.step.tokens, numbers, scale)
        if cut(scene.step) is not None:
            below = np.zeros(scene.patches, bool)
            below[scene.removed_now] = True
            result.append(outline(below, scene.geometry, roles.CUT))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        which = self.chosen(values)["values"]
        scale = _scale(scene, which)
        if scale is None:
            return [LegendEntry("", _without(scene, which))]
        result = [ramp_entry(_title(scene, which), "no unit", scale)]
        line = "cut line: what scores lower leaves"
        result.append(LegendEntry("line", line, roles.CUT))
        return [*result, LegendEntry("", _cut_text(scene.step))]


def _cut_text(step: LayerTrace) -> str:
    value = cut(step)
    if value is not None:
        return f"cut at {value:.3g}: {len(step.removed)} of {len(step.tokens)} leave"
    if len(step.removed) == 0:
        return "nothing leaves in this layer"
    if step.scores is None:
        return "no scores in this layer"
    return "no cut: more than the score decides who leaves"


def _numbers(step: LayerTrace, which: str) -> FloatArray | None:
    """What is shown of a layer; None where it has no such numbers."""
    if which == "score":
        return step.scores
    place = _PLACES[which]
    return step.factors[place].values if place < len(step.factors) else None


def _scale(scene: Scene, which: str) -> ColorScale | None:
    """One scale for all that are shown together and rank by the same kind of score."""
    kind = score_kind(scene.trace.method)
    alike = [t for t in scene.company if score_kind(t.method) == kind]
    pick = lambda layer: _numbers(layer, which)  # noqa: E731
    return common_scale(alike, f"score {which}", pick)


@cache
def score_kind(method: str) -> str:
    """What a method's scores are, by its text form: its selection, or its own name."""
    try:
        parsed = parse_method(method)
    except ValueError:  # of a plug-in that is not loaded
        return method.partition(":")[0]
    return str(getattr(parsed, "selection", parsed.name))


def _title(scene: Scene, which: str) -> str:
    kind = score_kind(scene.trace.method)
    if which == "score":
        return f"score {kind}"
    place = _PLACES[which]
    names = [s.factors[place].name for s in scene.trace.layers if s.factors]
    return f"{names[0]}: factor {place + 1} of {kind}"


def _without(scene: Scene, which: str) -> str:
    if which == "score" or _scale(scene, "score") is None:
        return "no scores: nothing is ranked here"
    return "no factors: its score is not a product"
