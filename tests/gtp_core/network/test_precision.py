"""Half precision and autocast on the processor: nearly the same as in float32."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext

import pytest
import torch
from torch import Tensor, nn

import gtp_core as gtp
from tests.gtp_core.small import images, logits_of, of_every_method, small_vit

METHODS = of_every_method(
    3,
    "gtp:P=3,theta=0.8",
    "gtp:P=3,propagate=mean",
    "gtp:P=3,select=cos_sim_mean",
)
SLACK = {torch.float16: 0.02, torch.bfloat16: 0.15, torch.float64: 1e-5}
"""Largest logit difference, as a share of the logits' standard deviation."""
SAME = {"ats": 0.6}
"""The smallest share of tokens that stay as in float32, 0.9 unless said otherwise. ATS
draws at fixed points of a sum: where one falls near the border between two tokens, a
rounding decides, and what a layer keeps decides all sums after it."""

every_method = pytest.mark.parametrize("text", METHODS)


def network() -> nn.Module:
    return small_vit(img_size=32, depth=4)


def same_choices(one: gtp.Trace, other: gtp.Trace) -> float:
    """The share of the kept tokens that both kept, in the worst layer."""
    shares = []
    for layer, same in zip(one.layers, other.layers, strict=True):
        both = set(layer.kept.tolist()) & set(same.kept.tolist())
        shares.append(len(both) / len(layer.kept))
    return min(shares)


def assert_near(got: Tensor, truth: Tensor, dtype: torch.dtype) -> None:
    error = (got.double() - truth.double()).abs().max() / truth.double().std()
    assert error < SLACK[dtype], f"{error:.3g} of the spread of the logits"


@every_method
@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str
)
def test_other_dtypes(text: str, dtype: torch.dtype) -> None:
    x = images(network())
    truth = gtp.accelerate(network(), gtp.parse_method(text))
    fast = gtp.accelerate(network().to(dtype), gtp.parse_method(text))
    logits = logits_of(fast, x.to(dtype))
    assert logits.dtype == dtype
    pairs = zip(fast.trace(x.to(dtype)), truth.trace(x), strict=True)
    shares = [same_choices(one, other) for one, other in pairs]
    assert min(shares) > SAME.get(fast.method.name, 0.9)
    if min(shares) == 1:  # otherwise another token was dropped than in float32
        assert_near(logits, logits_of(truth, x), dtype)


@every_method
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_autocast(text: str, dtype: torch.dtype) -> None:
    x = images(network())
    fast = gtp.accelerate(network(), gtp.parse_method(text))
    truth, exact = logits_of(fast, x), fast.trace(x)
    with torch.autocast("cpu", dtype):
        logits, rough = logits_of(fast, x), fast.trace(x)
    assert logits.isfinite().all()
    shares = [same_choices(a, b) for a, b in zip(rough, exact, strict=True)]
    assert min(shares) > SAME.get(fast.method.name, 0.9)
    if min(shares) == 1:
        assert_near(logits, truth, dtype)


@pytest.mark.parametrize("kind", ["spatial", "semantic", "mixed"])
def test_the_graph_is_built_in_full_precision(kind: str) -> None:
    """Autocast would round similarities until neighbours tie."""
    vit = network()
    fast = gtp.accelerate(vit, gtp.GTP(3, graph=kind))
    x = images(vit)
    contexts = (nullcontext(), torch.autocast("cpu", torch.bfloat16))
    edges = []
    for context in contexts:
        with context:
            graph = fast.trace(x)[0].graph
        assert graph is not None
        edges.append(
            set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
        )
    exact, rough = edges
    assert (
        exact == rough if kind == "spatial" else len(exact & rough) > 0.98 * len(exact)
    )


@every_method
def test_default_device_and_dtype_of_torch_do_not_matter(text: str) -> None:
    x = images(network())
    fast = gtp.accelerate(network(), gtp.parse_method(text))
    logits = logits_of(fast, x)
    torch.set_default_dtype(torch.float64)
    try:
        again = logits_of(fast, x)
    finally:
        torch.set_default_dtype(torch.float32)
    assert again.dtype == torch.float32
    torch.testing.assert_close(again, logits)


DIFFERENT_DEFAULTS = """
import json, sys
import torch
import gtp_core as gtp
from tests.gtp_core.small import images, small_vit

vit = small_vit()
x = images(vit, 1)
torch.set_default_dtype(torch.bfloat16)
torch.set_default_device("meta")
answers = {}
for text in sys.argv[1:]:
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    (trace,) = fast.trace(x)
    removed = [layer.removed.tolist() for layer in trace.layers]
    answers[text] = fast(x)[0].tolist(), removed
print(json.dumps(answers))
"""


def test_defaults_of_torch_that_were_set_before_all_else_do_not_matter() -> None:
    """In a process of its own: what depends on shapes alone is made once."""
    texts = of_every_method(3)
    done = subprocess.run(
        [sys.executable, "-c", DIFFERENT_DEFAULTS, *texts],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    vit = small_vit()
    x = images(vit, 1)
    for text, (logits, removed) in json.loads(done.stdout).items():
        fast = gtp.accelerate(vit, gtp.parse_method(text))
        (trace,) = fast.trace(x)
        assert removed == [layer.removed.tolist() for layer in trace.layers], text
        torch.testing.assert_close(torch.tensor(logits), fast(x)[0])
