"""A method of someone else runs like a built-in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

import gtp_core as gtp
from gtp_core.methods.parameters import removed_count
from gtp_core.network.floors import floor_method
from tests.gtp_core.plugin_files import SHORT_KEYS, forgotten_afterwards
from tests.gtp_core.small import images, logits_of, small_vit


@pytest.fixture(autouse=True)
def _loaded() -> Iterator[None]:
    with forgotten_afterwards():
        gtp.load_plugin(SHORT_KEYS)
        yield


def test_the_tokens_with_the_shortest_keys_leave() -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method("short-keys:K=4/0/0"))
    with torch.inference_mode():
        block = vit.blocks[0]
        tokens = block.norm1(vit._pos_embed(vit.patch_embed(x)))
        key = block.attn.qkv(tokens).chunk(3, dim=-1)[1].unflatten(-1, (3, 8)).sum(2)
        lengths = key.norm(dim=-1)[:, 1:]
    for image, trace in enumerate(fast.trace(x)):
        expected = lengths[image].argsort()[:4].tolist()
        assert set(trace.layers[0].removed.tolist()) == set(expected)
        assert set(trace.layers[0].orphans.tolist()) == set(expected)
        np.testing.assert_allclose(trace.layers[0].scores, lengths[image], rtol=1e-4)


def test_it_has_logits_macs_and_a_floor() -> None:
    vit = small_vit()
    x = images(vit)
    off = gtp.accelerate(vit, gtp.parse_method("short-keys:K=0"))
    torch.testing.assert_close(logits_of(off, x), logits_of(vit, x))
    fast = gtp.accelerate(vit, gtp.parse_method("short-keys:K=3"))
    assert fast.left == (13, 10, 7)
    assert fast.macs().layers[0].overhead == 17 * (3 + 1) * 8
    assert fast.macs().total < off.macs().total
    assert floor_method(fast) == gtp.Floor(3)


def test_it_keeps_and_drops_single_patches() -> None:
    vit = small_vit()
    x = images(vit, 1)
    fast = gtp.accelerate(vit, gtp.parse_method("short-keys:K=4/0/0"))
    (plain,) = fast.trace(x)
    pinned = tuple(plain.layers[0].removed.tolist()[:2])
    forced = tuple(plain.layers[0].kept.tolist()[:2])
    (edited,) = fast.trace(x, gtp.Edits(pinned, forced))
    removed = set(edited.layers[0].removed.tolist())
    assert set(forced) <= removed
    assert not set(pinned) & removed
    assert len(removed) == 4


def test_it_compiles() -> None:
    torch._dynamo.reset()
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method("short-keys:K=3"))
    x = images(vit)
    compiled = torch.compile(fast, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), fast(x))


def test_its_reducer_is_made_once() -> None:
    vit = small_vit()
    made = [gtp.accelerate(vit, gtp.parse_method("short-keys:K=3")) for _ in range(2)]
    assert made[0]._reducer is made[1]._reducer


@dataclass(frozen=True)
class Failing(gtp.MethodBase):
    name: ClassVar[str] = "failing"
    title: ClassVar[str] = "Failing"
    summary: ClassVar[str] = "fails"
    schedule_field: ClassVar[str | None] = "removed"
    removed: Any = removed_count("K", "How many are dropped.")

    @staticmethod
    def reducer() -> Any:
        raise ImportError("no module\nof this name")


@dataclass(frozen=True)
class Wrong(Failing):
    title: ClassVar[str] = "Wrong"

    @staticmethod
    def reducer() -> Any:
        return dict


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (Failing(), "Failing: its reducer() failed with ImportError: no module of"),
        (Wrong(), "Wrong: its reducer() gives <class 'dict'>; it must return a"),
    ],
    ids=["failing", "wrong"],
)
def test_a_reducer_that_is_none_is_refused(method: gtp.MethodBase, said: str) -> None:
    with pytest.raises(ValueError, match="reducer") as caught:
        gtp.accelerate(small_vit(), method)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_the_example_in_the_architecture_page_runs(tmp_path: Path) -> None:
    page = (SHORT_KEYS.parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = page.partition("### A method in a file of your own")[2]
    file = tmp_path / "last_ones.py"
    file.write_text(section.partition("```python\n")[2].partition("```")[0])
    gtp.load_plugin(file)
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method("last-ones:K=3"))
    x = images(vit)
    floor = gtp.accelerate(vit, gtp.Floor(3))
    torch.testing.assert_close(logits_of(fast, x), logits_of(floor, x))
    assert fast.trace(x)[0].layers[0].removed.tolist() == [13, 14, 15]
