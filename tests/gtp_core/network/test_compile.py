"""`torch.compile(gtp.accelerate(vit, method))(images)`, as anyone would write it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

import gtp_core as gtp
from tests.gtp_core.small import EVERY_KIND, images, logits_of, small_vit


@pytest.fixture(autouse=True)
def _fresh_compiler() -> Iterator[None]:
    """The compiler keeps no more than eight versions of one forward function."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("text", EVERY_KIND)
def test_every_method_compiles(text: str, backend: str) -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    logits = torch.compile(fast, backend=backend)(x)
    torch.testing.assert_close(logits, fast(x))
    assert not logits.requires_grad
    # Nothing of the compiler is left behind: torch works as before.
    weight = torch.ones(3, requires_grad=True)
    (2 * weight).sum().backward()
    assert weight.grad is not None
    assert not torch.is_inference_mode_enabled()


@pytest.mark.parametrize("text", EVERY_KIND)
def test_a_network_that_has_run_before_compiles(text: str) -> None:
    """What its first run made once and keeps serves the compiler, too."""
    vit = small_vit(img_size=(12, 20))  # a grid that no other test has made tables for
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    expected = fast(x)
    torch.testing.assert_close(torch.compile(fast, backend="aot_eager")(x), expected)


@pytest.mark.parametrize("text", ["gtp:P=3", "tome:r=3"])
def test_a_compiled_network_takes_other_batches(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    compiled = torch.compile(fast, backend="eager")
    for batch in (2, 1, 3):
        x = images(vit, batch)
        torch.testing.assert_close(compiled(x), fast(x))


@pytest.mark.parametrize("text", EVERY_KIND)
def test_results_are_ordinary_tensors(text: str) -> None:
    """Those of inference mode cannot take part in anything that learns."""
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    logits = fast(images(vit).requires_grad_())
    assert not logits.requires_grad
    weight = torch.ones(5, requires_grad=True)
    (logits * weight).sum().backward()
    torch.testing.assert_close(weight.grad, logits.sum(0))
    torch.testing.assert_close(logits_of(fast, images(vit)), logits)
