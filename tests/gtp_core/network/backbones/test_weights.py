"""Weights from local files: every layout, and every way in which one can be wrong."""

import argparse
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file
from timm.layers import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from gtp_core.files import shown_path
from gtp_core.network.backbones.weights import WeightsError, load_file
from tests.gtp_core.network.backbones.families import FAMILIES, randomise

Weights = dict[str, Tensor]
SMALL: dict[str, Any] = {
    "img_size": 32,
    "patch_size": 8,
    "embed_dim": 32,
    "depth": 2,
    "num_heads": 2,
    "num_classes": 7,
}


def small(seed: int = 0, **changes: Any) -> nn.Module:
    return randomise(VisionTransformer(**{**SMALL, **changes}), seed)


def equal(first: nn.Module, second: nn.Module) -> bool:
    ours, theirs = first.state_dict(), second.state_dict()
    return ours.keys() == theirs.keys() and all(
        torch.equal(ours[key], theirs[key]) for key in ours
    )


def prefixed(weights: Weights) -> Weights:
    return {f"module.{key}": value for key, value in weights.items()}


LAYOUTS: dict[str, Callable[[Weights], Any]] = {
    "plain": lambda weights: weights,
    "DeiT": lambda weights: {"model": weights},
    "training run": lambda weights: {
        "epoch": 3,
        "arch": "deit",
        "state_dict": prefixed(weights),
        "args": argparse.Namespace(lr=0.1),
    },
    "averaged weights first": lambda weights: {
        "state_dict": {key: value * 0 for key, value in weights.items()},
        "state_dict_ema": weights,
    },
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ".pth.tar", ".PTH"])
def test_checkpoint_layouts(layout: str, suffix: str, tmp_path: Path) -> None:
    trained, fresh = small(seed=1), small(seed=2)
    path = tmp_path / f"weights{suffix}"
    torch.save(LAYOUTS[layout](trained.state_dict()), path)
    load_file(fresh, path, "small")
    assert equal(fresh, trained)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_its_own_safetensors(family: str, tmp_path: Path) -> None:
    trained, fresh = FAMILIES[family](), randomise(FAMILIES[family](), seed=9)
    save_file(trained.state_dict(), tmp_path / "weights.safetensors")
    load_file(fresh, tmp_path / "weights.safetensors", family)
    assert equal(fresh, trained)


def test_half_precision_on_disk_becomes_float32(tmp_path: Path) -> None:
    trained, fresh = small(seed=1), small(seed=2)
    path = tmp_path / "half.safetensors"
    save_file({key: v.half() for key, v in trained.state_dict().items()}, path)
    load_file(fresh, path, "small")
    assert all(value.dtype == torch.float32 for value in fresh.parameters())
    torch.testing.assert_close(
        fresh.head.weight, trained.head.weight, rtol=1e-3, atol=1e-3
    )


def test_layer_scale_in_the_names_of_deit_3(tmp_path: Path) -> None:
    trained, fresh = small(seed=1, init_values=1.0), small(seed=2, init_values=1.0)
    published = {
        key.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): value
        for key, value in trained.state_dict().items()
    }
    assert published.keys() != trained.state_dict().keys()
    torch.save({"model": published}, tmp_path / "deit3.pth")
    load_file(fresh, tmp_path / "deit3.pth", "small")
    assert equal(fresh, trained)


@pytest.mark.parametrize("img_size", [48, (32, 64), 16])
def test_position_embedding_is_resized_as_timm_does(
    img_size: int | tuple[int, int], tmp_path: Path
) -> None:
    trained, fresh = small(seed=1), small(seed=2, img_size=img_size)
    torch.save(trained.state_dict(), tmp_path / "weights.pth")
    load_file(fresh, tmp_path / "weights.pth", "small")
    expected = resample_abs_pos_embed(
        trained.pos_embed, new_size=list(fresh.patch_embed.grid_size)
    )
    torch.testing.assert_close(fresh.pos_embed, expected)
    assert torch.equal(fresh.head.weight, trained.head.weight)


def test_lvvit_position_embedding_is_resized_too(tmp_path: Path) -> None:
    trained, fresh = FAMILIES["lvvit"](), randomise(FAMILIES["lvvit_wide_grid"](), 2)
    torch.save({"state_dict": trained.state_dict()}, tmp_path / "lvvit.pth.tar")
    load_file(fresh, tmp_path / "lvvit.pth.tar", "lvvit")
    expected = resample_abs_pos_embed(trained.pos_embed, new_size=[2, 6])
    torch.testing.assert_close(fresh.pos_embed, expected)
    assert torch.equal(fresh.aux_head.weight, trained.aux_head.weight)


def test_average_pooled_network_takes_a_siglip_checkpoint(tmp_path: Path) -> None:
    options: dict[str, Any] = {"class_token": False, "fc_norm": False}
    trained = small(seed=1, **options, global_pool="map")
    pooled = small(seed=2, **options, global_pool="avg")
    torch.save(trained.state_dict(), tmp_path / "siglip.pth")
    load_file(pooled, tmp_path / "siglip.pth", "small")
    assert torch.equal(
        pooled.blocks[1].mlp.fc1.weight, trained.blocks[1].mlp.fc1.weight
    )


def refuse(network: nn.Module, path: Path, match: str) -> str:
    """The message of the refusal; the network must be untouched by it."""
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with pytest.raises(WeightsError, match=match) as refusal:
        load_file(network, path, "small")
    after = network.state_dict()
    assert all(torch.equal(after[key], before[key]) for key in before)
    message = str(refusal.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert shown_path(path) in message
    return message


def test_a_mismatch_names_the_keys_and_loads_nothing(tmp_path: Path) -> None:
    weights = small(seed=1).state_dict()
    weights["extra.weight"] = torch.zeros(3)
    weights["head.weight"] = torch.zeros(21, 32)
    for number in range(5):
        del weights[sorted(weights)[number]]
    torch.save(weights, tmp_path / "odd.pth")
    message = refuse(small(seed=2), tmp_path / "odd.pth", "does not fit small")
    assert "5 keys missing (blocks.0." in message
    assert ", …" in message
    assert "1 key unexpected (extra.weight)" in message
    assert "1 key of the wrong shape (head.weight is 21×32 instead of 7×32)" in message


def test_distilled_weights_do_not_fit_a_plain_network(tmp_path: Path) -> None:
    torch.save(FAMILIES["deit_distilled"]().state_dict(), tmp_path / "distilled.pth")
    message = refuse(FAMILIES["vit"](), tmp_path / "distilled.pth", "unexpected")
    assert "dist_token" in message


def test_another_patch_size_is_refused_and_not_resampled(tmp_path: Path) -> None:
    torch.save(small(patch_size=16, img_size=64).state_dict(), tmp_path / "p16.pth")
    refuse(small(), tmp_path / "p16.pth", "patch_embed.proj.weight is 32×3×16×16")


class Malicious:
    """Leaves a file behind if it is ever unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.proof,)


def test_a_checkpoint_that_carries_code_is_refused_unrun(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    weights = {**small(seed=1).state_dict(), "surprise": Malicious(proof)}
    torch.save(weights, tmp_path / "evil.pth")
    refuse(small(seed=2), tmp_path / "evil.pth", "could run code")
    (tmp_path / "bare.pth").write_bytes(pickle.dumps(Malicious(proof)))
    refuse(small(seed=2), tmp_path / "bare.pth", "refused|cannot be read")
    assert not proof.exists()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors", ".npz", ".tar"])
@pytest.mark.parametrize("content", [b"", b"not weights at all", b"PK\x03\x04 torn"])
def test_damaged_files_are_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(content)
    refuse(small(), path, "cannot be read")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_truncated_file_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"whole{suffix}"
    weights = small(seed=1).state_dict()
    save_file(weights, path) if suffix == ".safetensors" else torch.save(weights, path)
    path.write_bytes(path.read_bytes()[:-2000])
    refuse(small(seed=2), path, "cannot be read")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ({}, "no weights by name"),
        ([1, 2], "no weights by name"),
        (torch.zeros(3), "no weights by name"),
        ({"model": {}}, "no weights by name"),
        ({"epoch": 3, "note": "x"}, "epoch, note are not tensors"),
        ({"step": 3, "head.weight": torch.zeros(1)}, "step is not a tensor"),
    ],
)
def test_files_without_weights_are_refused(
    content: object, match: str, tmp_path: Path
) -> None:
    torch.save(content, tmp_path / "other.pth")
    refuse(small(), tmp_path / "other.pth", match)


def test_missing_files_and_other_types_are_refused(tmp_path: Path) -> None:
    refuse(small(), tmp_path / "absent.pth", "There is no weights file")
    refuse(small(), tmp_path, "is a folder, not a file")
    (tmp_path / "photo.jpg").write_bytes(b"")
    refuse(small(), tmp_path / "photo.jpg", "is not a weights file")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".npz"])
@pytest.mark.skipif(os.name != "posix", reason="POSIX has these files")
def test_pipes_and_devices_are_refused_and_not_waited_for(
    suffix: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
    refuse(small(), tmp_path / f"pipe{suffix}", "is a pipe, not a file")
    refuse(small(), tmp_path / f"zero{suffix}", "is a device, not a file")


def test_a_name_is_shown_as_plain_text(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2J.pth").write_bytes(b"no weights")
    refuse(small(), tmp_path / "\x1b[2J.pth", r"\\x1b\[2J.pth cannot be read as a ch")
    refuse(small(), Path("a/" * 6000), "There is no weights file a/a/.*…")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2"])
def test_float8_weights_are_refused_in_one_sentence(
    suffix: str, name: str, tmp_path: Path
) -> None:
    weights = {key: value.to(getattr(torch, name)) for key, value in state(1).items()}
    path = tmp_path / f"tiny{suffix}"
    if suffix == ".pth":
        torch.save(weights, path)
    else:
        save_file(weights, path)
    network = small()
    refuse(network, path, f"holds weights in {name}, in .*, …; convert them")
    assert equal(network, small())


def state(seed: int) -> Weights:
    return dict(small(seed).state_dict())


# --- the .npz layout of AugReg ---------------------------------------------------


def augreg(vit: nn.Module, prefix: str = "") -> dict[str, np.ndarray[Any, Any]]:
    """The network's weights as AugReg publishes them: (in, out), heads apart."""
    heads, width = vit.blocks[0].attn.num_heads, vit.blocks[0].attn.head_dim
    weights = {key: value.numpy() for key, value in vit.state_dict().items()}
    out = {
        "embedding/kernel": weights["patch_embed.proj.weight"].transpose(2, 3, 1, 0),
        "embedding/bias": weights["patch_embed.proj.bias"],
        "cls": weights["cls_token"],
        "Transformer/posembed_input/pos_embedding": weights["pos_embed"],
        "Transformer/encoder_norm/scale": weights["norm.weight"],
        "Transformer/encoder_norm/bias": weights["norm.bias"],
        "head/kernel": weights["head.weight"].T,
        "head/bias": weights["head.bias"],
    }
    for number in range(len(vit.blocks)):
        ours, theirs = f"blocks.{number}.", f"Transformer/encoderblock_{number}/"
        for norm, layer in (("norm1", "LayerNorm_0"), ("norm2", "LayerNorm_2")):
            out[f"{theirs}{layer}/scale"] = weights[f"{ours}{norm}.weight"]
            out[f"{theirs}{layer}/bias"] = weights[f"{ours}{norm}.bias"]
        for part, name in enumerate(("query", "key", "value")):
            rows = slice(part * heads * width, (part + 1) * heads * width)
            target = f"{theirs}MultiHeadDotProductAttention_1/{name}/"
            kernel = weights[f"{ours}attn.qkv.weight"][rows].T
            out[f"{target}kernel"] = kernel.reshape(-1, heads, width)
            bias = weights[f"{ours}attn.qkv.bias"][rows]
            out[f"{target}bias"] = bias.reshape(heads, width)
        target = f"{theirs}MultiHeadDotProductAttention_1/out/"
        kernel = weights[f"{ours}attn.proj.weight"].T
        out[f"{target}kernel"] = kernel.reshape(heads, width, -1)
        out[f"{target}bias"] = weights[f"{ours}attn.proj.bias"]
        for layer in (1, 2):
            target = f"{theirs}MlpBlock_3/Dense_{layer - 1}/"
            out[f"{target}kernel"] = weights[f"{ours}mlp.fc{layer}.weight"].T
            out[f"{target}bias"] = weights[f"{ours}mlp.fc{layer}.bias"]
    return {prefix + key: value for key, value in out.items()}


@pytest.mark.parametrize("prefix", ["", "opt/target/"])
def test_augreg_npz(prefix: str, tmp_path: Path) -> None:
    trained, fresh = small(seed=1), small(seed=2)
    np.savez(tmp_path / "augreg.npz", **augreg(trained, prefix))
    load_file(fresh, tmp_path / "augreg.npz", "small")
    assert equal(fresh, trained)


def test_augreg_npz_at_another_size(tmp_path: Path) -> None:
    trained, fresh = small(seed=1), small(seed=2, img_size=48)
    np.savez(tmp_path / "augreg.npz", **augreg(trained))
    load_file(fresh, tmp_path / "augreg.npz", "small")
    assert torch.equal(
        fresh.blocks[1].attn.qkv.weight, trained.blocks[1].attn.qkv.weight
    )
    assert fresh.pos_embed.isfinite().all()


def test_augreg_npz_on_another_grid_of_as_many_patches(tmp_path: Path) -> None:
    """Resampled, not taken in another order."""
    trained = small(seed=1)
    wide = small(seed=2, img_size=(16, 64))
    wide.pretrained_cfg = {"input_size": (3, 32, 32)}
    np.savez(tmp_path / "augreg.npz", **augreg(trained))
    load_file(wide, tmp_path / "augreg.npz", "small")
    assert wide.pos_embed.shape == trained.pos_embed.shape
    expected = resample_abs_pos_embed(trained.pos_embed, [2, 8], [4, 4])
    torch.testing.assert_close(wide.pos_embed, expected)


@pytest.mark.parametrize("name", timm.list_models("vit*radio*"))
def test_radio_position_embeddings_are_those_that_timm_makes(
    name: str, tmp_path: Path
) -> None:
    """timm's own way of loading has its interpolation inside: it is asked for it."""
    sizes = {"depth": 1, "embed_dim": 32, "num_heads": 2, "mlp_ratio": 1}
    network = timm.create_model(name, img_size=64, num_classes=0, **sizes)
    start = "radio_model.model."
    stored = {
        start + key.replace(".gamma", ".grandma"): value
        for key, value in network.state_dict().items()
        if key.startswith("blocks.")
    }
    part = f"{start}patch_generator."
    draw = torch.Generator().manual_seed(0)
    embedder = network.patch_embed.proj.weight.detach().flatten(1)
    stored[f"{part}embedder.weight"] = embedder
    stored[f"{part}pos_embed"] = torch.randn(1, 128 * 128, 32, generator=draw)
    stored[f"{part}cls_token.token"] = torch.zeros(1 + network.num_reg_tokens, 32)
    path = tmp_path / "radio.pth"
    torch.save(stored, path)
    load_file(network, path, name)
    theirs = timm.create_model(
        name,
        img_size=64,
        num_classes=0,
        pretrained=True,
        pretrained_cfg_overlay={"file": str(path), "num_classes": 0},
        **sizes,
    )
    torch.testing.assert_close(network.pos_embed, theirs.pos_embed)


NPZ_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "other head": ({"num_classes": 9}, r"head.weight, head.bias"),
    "deeper": ({"depth": 3}, "it has 2 blocks instead of 3"),
    "shallower": ({"depth": 1}, "it has 2 blocks instead of 1"),
    "LayerScale": ({"init_values": 1.0}, r"4 keys missing .*ls1.gamma"),
    "wider": ({"embed_dim": 48}, "does not fit small"),
    "other patches": ({"patch_size": 16}, "patch"),
    "registers": ({"reg_tokens": 2}, "does not fit small"),
}


@pytest.mark.parametrize("fault", NPZ_FAULTS)
def test_npz_that_does_not_fit_is_refused(fault: str, tmp_path: Path) -> None:
    changes, match = NPZ_FAULTS[fault]
    np.savez(tmp_path / "augreg.npz", **augreg(small(seed=1)))
    with pytest.raises(WeightsError, match=match):
        load_file(small(seed=2, **changes), tmp_path / "augreg.npz", "small")


def test_npz_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(WeightsError, match="does not fit small"):
        load_file(small(), tmp_path / "other.npz", "small")
    incomplete = augreg(small(seed=1))
    del incomplete["Transformer/encoderblock_1/MlpBlock_3/Dense_0/bias"]
    np.savez(tmp_path / "incomplete.npz", **incomplete)
    with pytest.raises(WeightsError, match="Dense_0/bias"):
        load_file(small(), tmp_path / "incomplete.npz", "small")


def test_lvvit_has_no_npz_layout(tmp_path: Path) -> None:
    np.savez(tmp_path / "augreg.npz", **augreg(small(seed=1)))
    refuse(FAMILIES["lvvit"](), tmp_path / "augreg.npz", "is no use to small")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w * torch.nan, "holds what is not a number, in head.bias"),
        (lambda w: w > 0, r"of the wrong type \(head.bias is bool, strided\)"),
        (lambda w: w.long(), r"of the wrong type \(head.bias is int64, strided\)"),
        (lambda w: w + 1j, r"of the wrong type \(head.bias is complex64, strided\)"),
        (
            lambda w: w.to_sparse(),
            "cannot be read as a checkpoint|of the wrong type",
        ),
    ],
)
def test_weights_of_another_kind_are_refused_and_nothing_is_loaded(
    tmp_path: Path, change: Callable[[Tensor], Tensor], words: str
) -> None:
    weights = small(1).state_dict()
    weights["head.bias"] = change(weights["head.bias"])
    path = tmp_path / "odd.pth"
    torch.save(weights, path)
    network = small()
    with pytest.raises(WeightsError, match=words):
        load_file(network, path, "small")
    assert equal(network, small())


def test_weights_without_names_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "numbers.pth"
    torch.save({0: torch.zeros(2), "head.bias": torch.zeros(7)}, path)
    with pytest.raises(WeightsError, match="holds no weights by name"):
        load_file(small(), path, "small")


@pytest.mark.parametrize("name", ["x" * 300 + ".pth", "~nobody-of-that-name/x.pth"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(WeightsError, match="There is no weights file"):
        load_file(small(), name, "small")
