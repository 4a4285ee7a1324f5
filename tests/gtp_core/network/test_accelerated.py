"""`accelerate`: what it promises about the network it is given and about its input."""

from __future__ import annotations

import copy
import pickle
import threading
from typing import Any

import numpy as np
import pytest
import timm
import torch
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

import gtp_core as gtp
from tests.gtp_core.network.backbones.families import FAMILIES, randomise
from tests.gtp_core.small import images, logits_of, of_every_method, small_vit

METHODS = of_every_method(
    3,
    "unpruned:attention=eager",
    "gtp:P=3,theta=0.8",
    "gtp:P=3,select=random",
    "gtp:P=3,propagate=mean",
    "gtp:P=3,scale=false",
)
every_method = pytest.mark.parametrize("text", METHODS)


def snapshot(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


@every_method
def test_the_network_is_left_as_it_was(text: str) -> None:
    vit = small_vit(drop_rate=0.3, attn_drop_rate=0.3, proj_drop_rate=0.3).train()
    vit.blocks[0].eval()
    modes = [module.training for module in vit.modules()]
    before = snapshot(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    fast(images(vit))
    fast.trace(images(vit))
    assert [module.training for module in vit.modules()] == modes
    after = vit.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(value.requires_grad for value in vit.parameters())


def test_weights_are_shared_and_not_copied() -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.GTP(3))
    mine = dict(fast.vit.named_parameters())
    for name, parameter in vit.named_parameters():
        assert mine[name].data_ptr() == parameter.data_ptr(), name


def test_what_the_network_learns_later_counts() -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.GTP(3))
    vit.load_state_dict(small_vit(seed=1).state_dict())
    again = gtp.accelerate(small_vit(seed=1), gtp.GTP(3))
    assert torch.equal(logits_of(fast, x), logits_of(again, x))


def test_dropout_is_off_whatever_the_mode() -> None:
    sizes = {"drop_rate": 0.5, "proj_drop_rate": 0.5, "attn_drop_rate": 0.5}
    vit = small_vit(**sizes, drop_path_rate=0.5, pos_drop_rate=0.5).train()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.GTP(3)).train()
    assert not any(module.training for module in fast.modules())
    assert torch.equal(logits_of(fast, x), logits_of(fast, x))
    quiet = gtp.accelerate(small_vit(), gtp.GTP(3))
    torch.testing.assert_close(logits_of(fast, x), logits_of(quiet, x))


@every_method
def test_images_do_not_influence_each_other(text: str) -> None:
    vit = small_vit()
    x = images(vit, batch=3)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    logits, traces = logits_of(fast, x), fast.trace(x)
    for image in range(3):
        alone = x[image : image + 1]
        torch.testing.assert_close(
            logits[image], logits_of(fast, alone)[0], rtol=1e-4, atol=1e-5
        )
        (trace,) = fast.trace(alone)
        for layer, same in zip(traces[image].layers, trace.layers, strict=True):
            assert layer.kept.tolist() == same.kept.tolist()
            assert layer.removed.tolist() == same.removed.tolist()
            np.testing.assert_allclose(layer.token_scales, same.token_scales, rtol=1e-4)
            np.testing.assert_allclose(
                np.sort(layer.links.weight), np.sort(same.links.weight), rtol=1e-4
            )


@every_method
def test_tracing_changes_no_logit(text: str) -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    traced = np.stack([trace.logits for trace in fast.trace(x)])
    np.testing.assert_allclose(traced, logits_of(fast, x), rtol=1e-5, atol=1e-5)


@every_method
def test_runs_repeat_exactly(text: str) -> None:
    """The choice of attention is made once for each shape; the rest is determined."""
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    assert torch.equal(logits_of(fast, x), logits_of(fast, x))


@every_method
def test_memory_layout_does_not_matter(text: str) -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    strided = torch.cat([x, x], dim=3)[..., : x.shape[3]].flip(0).flip(0)
    transposed = x.transpose(2, 3).contiguous().transpose(2, 3)
    channels_last = x.to(memory_format=torch.channels_last)
    assert not transposed.is_contiguous()
    for same in (strided, transposed, channels_last):
        torch.testing.assert_close(logits_of(fast, same), logits_of(fast, x))


@every_method
def test_no_image_at_all(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    nothing = images(vit)[:0]
    assert logits_of(fast, nothing).shape == (0, 5)
    assert fast.trace(nothing) == []


@every_method
def test_an_image_by_itself_is_reduced_as_in_a_batch(text: str) -> None:
    vit = small_vit()
    x = images(vit, batch=5)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    together, traces = logits_of(fast, x), fast.trace(x)
    for number, expected in enumerate(traces):
        one = x[number : number + 1]
        torch.testing.assert_close(logits_of(fast, one)[0], together[number])
        (alone,) = fast.trace(one)
        for mine, other in zip(alone.layers, expected.layers, strict=True):
            np.testing.assert_array_equal(mine.kept, other.kept)
            np.testing.assert_array_equal(mine.removed, other.removed)
            held = alone.provenance(mine.layer), expected.provenance(mine.layer)
            np.testing.assert_allclose(*held, atol=1e-5)


@every_method
def test_a_broken_image_harms_itself_alone(text: str) -> None:
    vit = small_vit()
    x = images(vit, batch=3)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    expected = logits_of(fast, x)
    x[1] = torch.nan
    logits = logits_of(fast, x)
    assert logits[1].isnan().any()
    torch.testing.assert_close(logits[[0, 2]], expected[[0, 2]])
    assert len(fast.trace(x)) == 3


def test_images_are_not_written_to() -> None:
    vit = small_vit()
    x = images(vit)
    before = x.clone()
    gtp.accelerate(vit, gtp.GTP(3))(x)
    assert torch.equal(x, before)


def test_gradients_are_off() -> None:
    vit = small_vit()
    logits = gtp.accelerate(vit, gtp.GTP(3))(images(vit).requires_grad_())
    assert not logits.requires_grad


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("gtp:P=100", (15, 0, 0)),
        ("gtp:P=6", (6, 6, 3)),
        ("gtp:P=0/99/2", (0, 15, 0)),
        ("gtp:P=6,propagate=mean", (6, 6, 5)),
        ("tome:r=100", (8, 4, 2)),
        ("tome:r=5", (5, 5, 3)),
        ("topk:K=100", (15, 0, 0)),
        ("evit:K=100", (15, 1, 1)),
        ("random:K=7", (7, 7, 1)),
        ("radial:K=100", (15, 0, 0)),
        ("grid:K=7@2-3", (0, 7, 7)),
        ("floor:K=100", (15, 0, 0)),
        ("unpruned", (0, 0, 0)),
    ],
)
def test_at_least_one_image_token_stays(text: str, schedule: tuple[int, ...]) -> None:
    vit = small_vit()
    method = gtp.parse_method(text)
    fast = gtp.accelerate(vit, method)
    assert fast.schedule == schedule
    assert fast.requested == method.requested(3)
    for trace in fast.trace(images(vit)):
        assert tuple(len(layer.removed) for layer in trace.layers) == schedule
        assert len(trace.layers[-1].after) >= 1
        assert np.isfinite(trace.logits).all()


@pytest.mark.parametrize("counts", [(1, 2), (1, 2, 3, 4)], ids=str)
@pytest.mark.parametrize(
    "method",
    [m for m in gtp.METHODS.values() if m.schedule_field],
    ids=lambda m: m.name,
)
def test_a_schedule_of_the_wrong_length_is_refused(
    method: type[gtp.MethodBase], counts: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=f"{len(counts)} values") as caught:
        gtp.accelerate(small_vit(), method(counts))  # type: ignore[call-arg]
    message = str(caught.value)
    assert message.startswith(f"{method.title}: {method.schedule_field} ")
    assert "3" in message
    assert "\n" not in message


def test_a_range_beyond_the_last_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="3 layers"):
        gtp.accelerate(small_vit(), gtp.parse_method("gtp:P=8@2-4"))


@pytest.mark.parametrize("method", [None, "gtp:P=8", 8, gtp.GTP], ids=repr)
def test_what_is_no_method_is_refused(method: Any) -> None:
    with pytest.raises(ValueError, match="is not a method"):
        gtp.accelerate(small_vit(), method)


@pytest.mark.parametrize(
    "make",
    [
        lambda: timm.create_model("resnet10t"),
        lambda: timm.create_model(
            "swin_tiny_patch4_window7_224", embed_dim=12, depths=(1, 1, 1, 1)
        ),
        lambda: Eva(img_size=32, patch_size=8, embed_dim=32, depth=1, num_heads=2),
        lambda: nn.Linear(3, 3),
    ],
    ids=["resnet", "swin", "eva", "linear"],
)
def test_other_networks_are_refused_in_one_sentence(make: Any) -> None:
    with pytest.raises(ValueError, match="is not supported") as caught:
        gtp.accelerate(make(), gtp.GTP())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["gtp:P=4", "tome:r=4", "evit:K=4", "floor:K=4"])
def test_the_input_may_have_another_size_than_the_network(text: str) -> None:
    vit = FAMILIES["dinov2_dynamic_size"]()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = torch.randn(2, 3, 28, 98, generator=torch.Generator().manual_seed(0))
    for trace in fast.trace(x):
        assert trace.grid == (2, 7)
        assert trace.patches == 14
        assert trace.layers[0].tokens.tolist() == list(range(14))
    off = gtp.accelerate(vit, gtp.parse_method(text).with_counts(0))
    torch.testing.assert_close(logits_of(off, x), logits_of(vit, x))


def test_a_smaller_input_clamps_the_schedule_to_its_own_tokens() -> None:
    vit = FAMILIES["dinov2_dynamic_size"]()
    fast = gtp.accelerate(vit, gtp.GTP(5))
    assert fast.schedule == (5, 5, 5)
    x = torch.randn(1, 3, 28, 42, generator=torch.Generator().manual_seed(0))
    (trace,) = fast.trace(x)
    assert [len(layer.removed) for layer in trace.layers] == [5, 0, 0]


@every_method
@pytest.mark.parametrize("size", [(4, 4), (4, 8), (4, 24), (24, 4)], ids=str)
def test_tiny_grids(text: str, size: tuple[int, int]) -> None:
    vit = small_vit(img_size=size)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = images(vit)
    assert logits_of(fast, x).isfinite().all()
    for trace in fast.trace(x):
        assert len(trace.layers[-1].after) >= 1


def uniform_vit(value: float) -> nn.Module:
    """All image tokens are the same: no pixel and no position makes a difference."""
    vit = small_vit()
    with torch.no_grad():
        vit.patch_embed.proj.weight.zero_()
        vit.patch_embed.proj.bias.fill_(value)
        vit.pos_embed[:, 1:] = 0
    return vit


@every_method
@pytest.mark.parametrize("value", [0.0, 0.5], ids=["zero", "identical"])
def test_tokens_that_are_all_the_same(text: str, value: float) -> None:
    vit = uniform_vit(value)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = images(vit)
    first, second = fast.trace(x), fast.trace(x)
    for trace, again in zip(first, second, strict=True):
        assert np.isfinite(trace.logits).all()
        for layer, same in zip(trace.layers, again.layers, strict=True):
            assert layer.kept.tolist() == same.kept.tolist()
            assert np.isfinite(layer.token_scales).all()


def test_tokens_that_attend_to_nothing_by_a_low_theta() -> None:
    """Rows of the map may become all zero; nothing divides by them."""
    vit = small_vit()
    for selection in gtp.SELECTIONS:
        fast = gtp.accelerate(vit, gtp.GTP(4, theta=0.01, selection=selection))
        assert logits_of(fast, images(vit)).isfinite().all(), selection


def test_an_accelerated_network_can_be_copied_and_pickled() -> None:
    vit = small_vit()
    x = images(vit)
    fast = gtp.accelerate(vit, gtp.GTP(3))
    copied = copy.deepcopy(fast)
    with torch.no_grad():
        copied.vit.head.bias += 1
    moved = logits_of(copied, x) - logits_of(fast, x)
    torch.testing.assert_close(moved, torch.ones_like(moved))
    loaded = pickle.loads(pickle.dumps(fast))
    torch.testing.assert_close(logits_of(loaded, x), logits_of(fast, x))


def test_converting_an_accelerated_network_leaves_the_original_alone() -> None:
    vit = small_vit()
    gtp.accelerate(vit, gtp.GTP(3)).to(torch.float64)
    assert {value.dtype for value in vit.parameters()} == {torch.float32}


def test_accelerating_the_same_network_twice() -> None:
    vit = small_vit()
    x = images(vit)
    first, second = (gtp.accelerate(vit, gtp.GTP(count)) for count in (2, 5))
    alone = logits_of(first, x)
    logits_of(second, x)
    assert torch.equal(logits_of(first, x), alone)


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("text", ["unpruned", "gtp:P=3,theta=0.8", "tome:r=3", "evit"])
def test_attention_rows_are_the_rows_of_the_map(text: str, layer: int) -> None:
    vit = small_vit(reg_tokens=1)
    fast = gtp.accelerate(vit, gtp.parse_method(text).with_counts(3))
    x = images(vit, batch=1)
    (trace,) = fast.trace(x)
    tokens = trace.layers[layer].tokens.tolist()
    for token in (tokens[3], -1, -2):
        ids, rows = fast.attention_rows(x, layer, token)
        assert ids.tolist() == [-1, -2, *tokens]
        assert rows.shape == (3, len(ids))
        assert (rows >= 0).all()
        if "theta" in text:
            assert rows.sum(1).max() <= 1 + 1e-5
        else:
            np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-5)


def test_attention_row_of_the_class_token_is_its_class_attention() -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.GTP(3))
    x = images(vit, batch=1)
    (trace,) = fast.trace(x)
    for number, layer in enumerate(trace.layers):
        _, rows = fast.attention_rows(x, number, -1)
        assert layer.class_attention is not None
        np.testing.assert_allclose(rows.mean(0)[1:], layer.class_attention, rtol=1e-4)


def test_attention_row_of_a_removed_token_is_refused() -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.Floor(3))
    with pytest.raises(ValueError, match="Token 15 does not enter layer 2"):
        fast.attention_rows(images(vit, batch=1), 1, 15)


def test_a_deeper_network_than_the_tests_usually_use() -> None:
    vit = randomise(
        VisionTransformer(
            img_size=56,
            patch_size=4,
            embed_dim=16,
            depth=12,
            num_heads=2,
            num_classes=3,
        )
    )
    fast = gtp.accelerate(vit, gtp.GTP(8))
    (trace,) = fast.trace(images(vit, batch=1))
    assert [len(layer.after) for layer in trace.layers] == list(range(188, 99, -8))


def test_it_says_how_each_layer_computed_its_attention() -> None:
    x = images(small_vit())
    eager = gtp.accelerate(small_vit(), gtp.Unpruned(attention="eager"))
    assert eager.attention_ways == (None,) * 3
    eager(x)
    assert eager.attention_ways == ("explicit",) * 3
    partly = gtp.accelerate(small_vit(), gtp.GTP(propagated=(0, 2, 0)))
    partly(x)
    assert partly.attention_ways[1] == "explicit"
    assert set(partly.attention_ways) <= {"fused", "explicit"}


@pytest.mark.parametrize("layer", [-1, 3, 4])
def test_attention_rows_of_a_layer_that_there_is_not(layer: int) -> None:
    vit = small_vit(depth=3)
    fast = gtp.accelerate(vit, gtp.GTP(3))
    message = rf"Layer is {layer}; allowed: 0 to 2\."
    with pytest.raises(ValueError, match=message):
        fast.attention_rows(images(vit, 1), layer, 0)


@pytest.mark.parametrize("batch", [0, 2])
def test_attention_rows_are_those_of_one_image(batch: int) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.GTP(3))
    with pytest.raises(ValueError, match=f"1 image, not {batch}"):
        fast.attention_rows(images(vit, batch), 0, 0)


def test_a_network_that_cannot_be_copied_is_refused_in_one_sentence() -> None:
    vit = small_vit()
    vit.lock = threading.Lock()
    with pytest.raises(ValueError, match=r"^VisionTransformer is not supported: it ca"):
        gtp.accelerate(vit, gtp.GTP(3))


class WarmHead(VisionTransformer):
    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        logits: Tensor = super().forward_head(x, pre_logits=pre_logits)
        return logits * 10


def test_a_head_of_its_own_stays_the_head() -> None:
    """The average weighted by size is taken only where the head is known."""
    torch.manual_seed(0)
    settings = {"img_size": 16, "patch_size": 4, "embed_dim": 24, "num_heads": 3}
    settings |= {"depth": 3, "num_classes": 5, "global_pool": "avg"}
    vit = WarmHead(**settings).eval()
    plain = VisionTransformer(**settings).eval()
    plain.load_state_dict(vit.state_dict())
    x = images(vit, 2)
    method = gtp.ToMe((0, 0, 1))
    warm = logits_of(gtp.accelerate(vit, method), x)
    cool = logits_of(gtp.accelerate(plain, method), x)
    assert 5 < float(warm.abs().mean() / cool.abs().mean()) < 20
