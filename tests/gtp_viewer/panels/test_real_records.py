"""The panels with what a real (small, random) network did, for every method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch

import gtp_core as gtp
from gtp_core.methods import METHODS, MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.layer_facts import layer_facts
from gtp_core.records.macs import MacCount
from gtp_core.records.patch_facts import patch_facts
from gtp_core.records.patch_numbers import KEPT
from gtp_core.records.probabilities import predict
from gtp_core.records.trace import Trace
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.panels.mac_bars import MacRow
from gtp_viewer.panels.macs import MacsPanel
from gtp_viewer.panels.predictions import PredictionRow, PredictionsPanel
from tests.gtp_viewer.panels.records import tag, tags

DEPTH, PATCHES = 4, 36


def _method(name: str) -> MethodBase:
    return METHODS[name]().with_counts(5)


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    return timm.create_model(
        "vit_tiny_patch16_224",
        img_size=96,
        depth=DEPTH,
        embed_dim=48,
        num_heads=3,
        num_classes=7,
    ).eval()


@pytest.fixture(scope="module")
def run(network: torch.nn.Module) -> Callable[[MethodBase], tuple[Trace, MacCount]]:
    images = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))

    def traced(method: MethodBase) -> tuple[Trace, MacCount]:
        fast = gtp.accelerate(network, method)
        with torch.inference_mode():
            return fast.trace(images)[0], fast.macs()

    return traced


CLASSIFIERS = [name for name, method in METHODS.items() if not method.is_timing_only]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_patch_of_every_method_has_a_story(
    run: Callable[..., Any], show: Callable[..., Any], name: str
) -> None:
    method = _method(name)
    trace, _ = run(method)
    panel = show(InspectorPanel(), 300, 480)
    panel.show_trace(tag(method), trace)
    for layer in range(DEPTH):
        panel.set_layer(layer)
        found = layer_facts(trace, layer)
        assert found.kept + found.removed == found.entering
        for patch in range(PATCHES):
            panel.set_patch(patch)
            assert panel.title.text() == f"Patch {patch}"
        panel.grab()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_kept_patches_are_those_that_the_trace_kept(
    run: Callable[..., Any], name: str
) -> None:
    trace, _ = run(_method(name))
    for step in trace.layers:
        stories = [patch_facts(trace, step.layer, patch) for patch in range(PATCHES)]
        kept = {found.patch for found in stories if found.status == KEPT}
        assert kept == {token for token in step.kept.tolist() if token < PATCHES}


def test_macs_and_predictions_of_all_methods(
    run: Callable[..., Any], show: Callable[..., Any]
) -> None:
    methods = [_method(name) for name in CLASSIFIERS]
    records = [run(method) for method in methods]
    macs = show(MacsPanel(), 700, 230)
    named = tags(*methods)
    truth = records[0][1]
    rows = zip(named, records, strict=True)
    macs.show_rows([MacRow(name, count, truth=truth) for name, (_, count) in rows])
    assert macs.bars.layer_count == DEPTH
    assert all("fewer" in macs.summary.words(i) for i in range(1, len(methods)))
    macs.grab()
    predictions = show(PredictionsPanel(), 300, 420)
    truth = records[0][0].logits
    rows = [
        PredictionRow(name, predict(name.label, trace.logits, None, truth))
        for name, (trace, _) in zip(named, records, strict=True)
    ]
    predictions.show_rows(rows, True)
    verdicts = [block.row.verdict for block in predictions.blocks]
    assert verdicts[0] == "reference"
    assert all(v.startswith(("same answer", "changed: was")) for v in verdicts[1:])
    assert isinstance(methods[0], Unpruned)
