"""Agreement with stored outputs of the published implementations.

`tests/golden/*/README.md` says what is stored and where the tolerances come from.
"""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from timm.models.vision_transformer import VisionTransformer
from torch import nn

import gtp_core as gtp
from gtp_core.network.backbones.lvvit import LVViT
from tests.gtp_core.small import logits_of, scale_by_id

GOLDEN = Path(__file__).parents[2] / "golden"
GRAPHS = {"Spatial": "spatial", "Semantic": "semantic", "Mixed": "mixed"}
PROPAGATIONS = {"GraphProp": "graph", "Mean": "mean", "None": "none"}
SELECTIONS = {
    "MixedAttnMax": "mixed_attn_max",
    "MixedAttnMean": "mixed_attn_mean",
    "CLSAttnMax": "cls_attn_max",
    "CLSAttnMean": "cls_attn_mean",
    "IMGAttnMax": "img_attn_max",
    "IMGAttnMean": "img_attn_mean",
    "DiagAttnMax": "diag_attn_max",
    "DiagAttnMean": "diag_attn_mean",
    "CosSimMax": "cos_sim_max",
    "CosSimMean": "cos_sim_mean",
}


@cache
def described(folder: str) -> dict[str, Any]:
    description: dict[str, Any] = json.loads(
        (GOLDEN / folder / "cases.json").read_text()
    )
    return description


def cases(folder: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{case['name']}-{_label(case['config'])}")
        for case in described(folder)["cases"]
    ]


def _label(config: dict[str, Any]) -> str:
    if "r" in config:
        return f"r={config['r']}-proportional={config['prop_attn']}"
    return f"{config['selection']}-{config['propagation']}-{config['graph_type']}"


def arrays(folder: str, name: str) -> dict[str, np.ndarray]:
    with np.load(GOLDEN / folder / name) as stored:
        return dict(stored)


def stored_images(folder: str) -> torch.Tensor:
    name = described(folder)["images"]
    return torch.from_numpy(arrays(folder, name)["images"])


@cache
def plain_vit() -> nn.Module:
    model = described("gtp")["model"]
    names = (
        "img_size",
        "patch_size",
        "embed_dim",
        "depth",
        "num_heads",
        "num_classes",
    )
    vit = VisionTransformer(
        **{name: model[name] for name in names},
        norm_layer=partial(nn.LayerNorm, eps=model["norm_layer_eps"]),
    ).eval()
    vit.load_state_dict(load_file(GOLDEN / "gtp" / described("gtp")["weights"]))
    return vit


@cache
def lvvit() -> nn.Module:
    model = described("lvvit")["model"]
    names = (
        "img_size",
        "patch_size",
        "embed_dim",
        "depth",
        "num_heads",
        "mlp_ratio",
        "skip_lam",
        "num_classes",
    )
    vit = LVViT(**{name: model[name] for name in names}).eval()
    vit.load_state_dict(load_file(GOLDEN / "lvvit" / described("lvvit")["weights"]))
    return vit


def gtp_method(config: dict[str, Any]) -> gtp.GTP:
    count = config["num_prop"]
    return gtp.GTP(
        propagated=count if isinstance(count, int) else tuple(count),
        alpha=config["alpha"],
        theta=float(config["sparsity"]),
        graph=GRAPHS.get(config["graph_type"], "mixed"),
        neighbours=config["num_neighbours"],
        selection=SELECTIONS[config["selection"]],
        propagation=PROPAGATIONS[config["propagation"]],
        token_scale=config["token_scale"],
    )


def normalised_tokens(fast: gtp.AcceleratedViT, x: torch.Tensor) -> np.ndarray:
    """All tokens after the final norm: (B, tokens, C)."""
    outputs = []
    handle = fast.vit.norm.register_forward_hook(
        lambda *call: outputs.append(call[-1].clone())
    )
    fast(x)
    handle.remove()
    (tokens,) = outputs
    return tokens.numpy()


def assert_layers_agree(trace: gtp.Trace, stored: dict[str, Any], image: int) -> None:
    for number, layer in enumerate(trace.layers):
        kept = stored[f"kept_{number}"][image].tolist()
        removed = stored[f"prop_{number}"][image].tolist()
        assert set(layer.kept.tolist()) == set(kept), f"layer {number}"
        assert set(layer.removed.tolist()) == set(removed), f"layer {number}"
        if f"token_scales_{number}" not in stored:
            continue
        scales = stored[f"token_scales_{number}"][image]
        mine = scale_by_id(layer)
        assert layer.token_scales[0] == scales[0] == 1
        np.testing.assert_allclose(
            [mine[token] for token in kept], scales[1:], rtol=1e-5
        )


def assert_case_holds(
    vit: nn.Module, x: torch.Tensor, case: dict[str, Any], folder: str
) -> None:
    stored = arrays(folder, case["file"])
    fast = gtp.accelerate(vit, gtp_method(case["config"]))
    np.testing.assert_allclose(logits_of(fast, x), stored["logits"], rtol=0, atol=1e-4)
    tolerance = 1e-4 if case["config"]["sparsity"] == 1 else 2e-3
    tokens = normalised_tokens(fast, x)
    last = stored[f"kept_{len(fast.schedule) - 1}"]
    for image, trace in enumerate(fast.trace(x)):
        np.testing.assert_allclose(
            trace.logits, stored["logits"][image], rtol=0, atol=1e-4
        )
        assert_layers_agree(trace, stored, image)
        rows = {token: row for row, token in enumerate(trace.layers[-1].after.tolist())}
        ids = last[image].tolist() + trace.layers[-1].added.tolist()
        order = [0] + [1 + rows[token] for token in ids]
        np.testing.assert_allclose(
            tokens[image, order], stored["final_tokens"][image], rtol=0, atol=tolerance
        )


@pytest.mark.parametrize("case", cases("gtp"))
def test_gtp(case: dict[str, Any]) -> None:
    assert_case_holds(plain_vit(), stored_images("gtp"), case, "gtp")


@pytest.mark.parametrize("case", cases("lvvit"))
def test_gtp_on_lvvit(case: dict[str, Any]) -> None:
    assert_case_holds(lvvit(), stored_images("lvvit"), case, "lvvit")


@pytest.mark.parametrize(
    "text",
    ["unpruned", "unpruned:attention=eager", "gtp:P=0", "tome:r=0", "floor:K=0"],
)
@pytest.mark.parametrize(
    ("folder", "make"), [("gtp", plain_vit), ("lvvit", lvvit)], ids=["vit", "lvvit"]
)
def test_nothing_removed(folder: str, make: Any, text: str) -> None:
    fast = gtp.accelerate(make(), gtp.parse_method(text))
    stored = arrays(folder, described(folder)["unpruned"])["logits"]
    logits = logits_of(fast, stored_images(folder))
    np.testing.assert_allclose(logits, stored, rtol=0, atol=1e-4)


def test_lvvit_itself() -> None:
    logits = logits_of(lvvit(), stored_images("lvvit"))
    stored = arrays("lvvit", described("lvvit")["unpruned"])["logits"]
    np.testing.assert_allclose(logits, stored, rtol=0, atol=1e-4)


def tome_method(config: dict[str, Any]) -> gtp.ToMe:
    r, proportional = config["r"], config["prop_attn"]
    if config["r_kind"] == "(r, inflection)":
        merged, inflection = r
        return gtp.ToMe(merged, float(inflection), proportional)
    merged = r if isinstance(r, int) else tuple(r)
    return gtp.ToMe(merged, proportional_attention=proportional)


def partition(rows: np.ndarray) -> set[frozenset[int]]:
    """Which tokens sit in the same row: (tokens,) row numbers -> set of sets."""
    return {frozenset(np.flatnonzero(rows == row).tolist()) for row in set(rows)}


def groups_of(trace: gtp.Trace, layer: int) -> list[frozenset[int]]:
    """Patches of each token after `layer`, in the tokens' order, class token first,
    numbered as in the stored arrays (0 is the class token)."""
    rows = trace.provenance(layer) > 0
    return [frozenset({0})] + [
        frozenset((1 + np.flatnonzero(row)).tolist()) for row in rows
    ]


@pytest.mark.parametrize("case", cases("tome"))
def test_tome(case: dict[str, Any]) -> None:
    stored = arrays("tome", case["file"])
    x = stored_images("tome")
    fast = gtp.accelerate(plain_vit(), tome_method(case["config"]))
    assert fast.requested == tuple(case["r_per_layer"])
    np.testing.assert_allclose(logits_of(fast, x), stored["logits"], rtol=0, atol=1e-4)
    for image, trace in enumerate(fast.trace(x)):
        np.testing.assert_allclose(
            trace.logits, stored["logits"][image], rtol=0, atol=1e-4
        )
        for number, layer in enumerate(trace.layers):
            groups = stored[f"group_{number}"][image]
            mine = groups_of(trace, number)
            assert set(mine) == partition(groups), f"layer {number}"
            sizes = stored[f"size_{number}"][image]
            rows = [groups[min(group)] for group in mine]
            np.testing.assert_array_equal(layer.token_scales, sizes[rows])
            assert len(mine) == case["tokens_per_layer"][number]


@pytest.mark.parametrize("case", cases("tome"))
def test_tome_final_tokens(case: dict[str, Any]) -> None:
    stored = arrays("tome", case["file"])
    x = stored_images("tome")
    fast = gtp.accelerate(plain_vit(), tome_method(case["config"]))
    tokens = normalised_tokens(fast, x)
    last = len(fast.schedule) - 1
    for image, trace in enumerate(fast.trace(x)):
        groups = stored[f"group_{last}"][image]
        rows = [groups[min(group)] for group in groups_of(trace, last)]
        np.testing.assert_allclose(
            tokens[image], stored["final_tokens"][image, rows], rtol=0, atol=1e-4
        )


@pytest.mark.parametrize("case", cases("tome"))
def test_tome_schedule_as_a_list_is_the_same(case: dict[str, Any]) -> None:
    config = case["config"]
    listed = gtp.ToMe(
        tuple(case["r_per_layer"]), proportional_attention=config["prop_attn"]
    )
    x = stored_images("tome")
    assert torch.equal(
        logits_of(gtp.accelerate(plain_vit(), listed), x),
        logits_of(gtp.accelerate(plain_vit(), tome_method(config)), x),
    )
