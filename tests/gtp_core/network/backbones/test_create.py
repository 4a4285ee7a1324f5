"""`create_backbone` by name, with random weights, files and the bundled model."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from timm.layers import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer

from gtp_core.network.backbones import zoo
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.lvvit import LVViT
from gtp_core.network.backbones.weights import WeightsError
from gtp_core.network.preprocessing import input_spec
from tests.gtp_core.network.backbones.families import randomise

TINY = "deit_tiny_patch16_224"


def test_random_weights_depend_on_the_seed_alone() -> None:
    torch.manual_seed(1)
    first = create_backbone(TINY, weights=None, seed=3)
    torch.manual_seed(2)
    again = create_backbone(TINY, weights="random", seed=3)
    other = create_backbone(TINY, weights=None, seed=4)
    assert torch.equal(first.head.weight, again.head.weight)
    assert torch.equal(first.pos_embed, again.pos_embed)
    assert not torch.equal(first.head.weight, other.head.weight)


def test_the_global_random_state_is_left_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    create_backbone(TINY, weights=None)
    assert torch.equal(torch.rand(3), expected)


def test_random_weights_say_so() -> None:
    vit = create_backbone(TINY, weights=None, seed=3)
    assert vit.is_random
    assert vit.weights_source == "random"
    assert vit.weights_note == "Random weights (seed 3): its predictions mean nothing."
    assert vit.class_names is None
    assert vit.backbone_name == TINY
    assert not vit.training


def test_weights_from_a_file(tmp_path: Path) -> None:
    trained = create_backbone(TINY, weights=None, seed=5)
    path = tmp_path / "mine.safetensors"
    save_file(trained.state_dict(), path)
    for weights in (path, str(path)):
        vit = create_backbone(TINY, weights=weights)
        x = torch.rand(1, 3, 224, 224)
        with torch.inference_mode():
            assert torch.equal(vit(x), trained(x))
        assert (vit.is_random, vit.weights_source) == (False, "file")
        assert vit.weights_note == "Weights from the file mine.safetensors."
        assert len(vit.class_names) == 1000
        assert not vit.training
        assert all(parameter.device.type == "cpu" for parameter in vit.parameters())


def test_a_file_of_another_network_names_the_network(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    save_file(create_backbone(TINY, weights=None).state_dict(), path)
    with pytest.raises(WeightsError, match="does not fit deit_small_patch16_224"):
        create_backbone("deit_small_patch16_224", weights=path)


def test_weights_that_are_no_file() -> None:
    with pytest.raises(WeightsError, match="no weights file pretrained; allowed: auto"):
        create_backbone(TINY, weights="pretrained")


@pytest.mark.parametrize("size", [160, (96, 160)])
def test_another_image_size(size: int | tuple[int, int], tmp_path: Path) -> None:
    height, width = (size, size) if isinstance(size, int) else size
    trained = create_backbone(TINY, weights=None, seed=5)
    save_file(trained.state_dict(), tmp_path / "mine.safetensors")
    for weights in (None, tmp_path / "mine.safetensors"):
        vit = create_backbone(TINY, weights=weights, img_size=size)
        assert vit.patch_embed.grid_size == (height // 16, width // 16)
        assert vit(torch.rand(1, 3, height, width)).isfinite().all()
        spec = input_spec(vit)
        assert (spec.height, spec.width) == (height, width)


@pytest.mark.parametrize("name", [TINY, "demo", "lvvit_tiny"])
@pytest.mark.parametrize("size", [100, (112, 100), 0, -16])
def test_an_image_size_that_patches_do_not_divide(
    name: str, size: int | tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match=r"img_size is .* multiples of the patch size"):
        create_backbone(name, weights=None, img_size=size)


def test_any_vision_transformer_of_timm_is_accepted() -> None:
    vit = create_backbone("vit_wee_patch16_reg1_gap_256", weights=None)
    assert isinstance(vit, VisionTransformer)


def test_a_tag_chooses_the_weights_and_so_the_head() -> None:
    vit = create_backbone("vit_tiny_patch16_224.augreg_in21k", weights=None)
    assert vit.num_classes == 21843


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("deit_smal_patch16_224", "no backbone .*near names: deit_small_patch16_224"),
        ("demoo", "near names: demo"),
        ("lvvit_smal", "near names: lvvit_small"),
        ("zzzzzzzzzzzz", "no backbone 'zzzzzzzzzzzz'; `gtp models` lists"),
        ("", "no backbone ''"),
        ("DeiT_Small_Patch16_224", "near names: deit_small_patch16_224"),
        ("vit_base_patch16_224_in21k", r"old name; use vit_base_patch16_224\.augreg"),
        (f"{TINY}.", f"{TINY} has no weights tagged ''"),
        (f"{TINY}.nothing", f"{TINY} has no weights tagged 'nothing'; near .*fb_in1k"),
        ("resnet50", "ResNet is not supported: it is not a plain ViT"),
        ("swin_tiny_patch4_window7_224", "SwinTransformer is not supported"),
        ("eva02_tiny_patch14_224", "Eva is not supported: .*rotary"),
        ("samvit_base_patch16", "VisionTransformerSAM is not supported: .*windows"),
        ("vit_small_r26_s32_224", "HybridEmbed, not from patches"),
        ("vit_small_patch16_18x2_224", "ParallelThingsBlock"),
        ("vit_base_patch16_rpn_224", "ResPostBlock"),
        ("vit_dwee_patch16_reg1_gap_256", "DiffAttention"),
    ],
)
def test_names_that_are_refused(name: str, match: str) -> None:
    with pytest.raises(ValueError, match=match) as refusal:
        create_backbone(name, weights=None)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "divisor", "crop"),
    [
        ("lvvit_tiny", 1.0, 0.9),
        ("lvvit_small", 2.0, 0.9),
        ("lvvit_medium", 2.0, 1.0),
        ("lvvit_large", 3.0, 1.0),
    ],
)
def test_lvvit_by_name(name: str, divisor: float, crop: float) -> None:
    """As published: neither number leaves a trace in a checkpoint."""
    with torch.device("meta"):
        vit = create_backbone(name, weights=None)
    assert isinstance(vit, LVViT)
    assert vit.blocks[0].ls1.divisor == divisor
    assert input_spec(vit).crop == crop


def test_lvvit_weights_for_another_grid_of_as_many_patches(tmp_path: Path) -> None:
    """Their position embedding is resampled, not taken in another order."""
    path = tmp_path / "square.safetensors"
    square = create_backbone("lvvit_tiny", weights=None)
    save_file(square.state_dict(), path)
    wide = create_backbone("lvvit_tiny", path, img_size=(112, 448))
    assert wide.pos_embed.shape == square.pos_embed.shape
    expected = resample_abs_pos_embed(square.pos_embed, [7, 28], [14, 14])
    torch.testing.assert_close(wide.pos_embed, expected)
    again = create_backbone("lvvit_tiny", path)
    torch.testing.assert_close(again.pos_embed, square.pos_embed)


def test_lvvit_weights_are_on_no_hub() -> None:
    with pytest.raises(WeightsError, match="lvvit_small: give the published file"):
        create_backbone("lvvit_small")


def test_progress_tells_what_takes_long(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    save_file(create_backbone(TINY, weights=None).state_dict(), path)
    heard: list[tuple[float | None, str]] = []
    create_backbone(TINY, path, progress=lambda *report: heard.append(report))
    assert heard == [(None, f"Building {TINY}"), (None, "Reading mine.safetensors")]


# --- the bundled model -------------------------------------------------------------


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VisionTransformer:
    """A small model in the place of the bundled one; stored in half precision."""
    arguments = {
        "img_size": 32,
        "patch_size": 8,
        "embed_dim": 32,
        "depth": 2,
        "num_heads": 2,
        "num_classes": 3,
    }
    config = {
        "format": 1,
        "model": arguments,
        "preprocessing": {
            "input_size": [3, 32, 32],
            "mean": [0.1, 0.2, 0.3],
            "std": [0.4, 0.5, 0.6],
            "interpolation": "bilinear",
            "crop_pct": 0.75,
            "crop_mode": "center",
        },
        "class_names": ["koala", "barn", "cliff"],
    }
    model = randomise(VisionTransformer(**arguments)).half()
    folder = tmp_path / "demo_model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    save_file(model.state_dict(), folder / "model.safetensors")

    def asset(name: str) -> Path:
        if not (tmp_path / name).exists():
            raise FileNotFoundError(name)
        return tmp_path / name

    monkeypatch.setattr(zoo, "asset", asset)
    return model.float()


def test_the_bundled_model(bundle: VisionTransformer) -> None:
    demo = create_backbone("demo")
    x = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(demo(x), bundle(x))
    assert demo.class_names == ("koala", "barn", "cliff")
    assert (demo.is_random, demo.weights_source) == (False, "bundled")
    assert (
        demo.weights_note == "The bundled demo model, trained on photos of 3 classes."
    )
    assert all(parameter.dtype == torch.float32 for parameter in demo.parameters())


@pytest.mark.usefixtures("bundle")
def test_the_bundled_model_brings_its_preprocessing() -> None:
    spec = input_spec(create_backbone("demo"))
    assert (spec.height, spec.width, spec.patch) == (32, 32, (8, 8))
    assert spec.mean == (0.1, 0.2, 0.3)
    assert spec.std == (0.4, 0.5, 0.6)
    assert (spec.interpolation, spec.crop) == ("bilinear", 0.75)


@pytest.mark.usefixtures("bundle")
def test_the_bundled_architecture_with_other_weights(tmp_path: Path) -> None:
    random = create_backbone("demo", weights=None)
    assert random.is_random
    assert random.class_names is None
    save_file(random.state_dict(), tmp_path / "mine.safetensors")
    mine = create_backbone("demo", weights=tmp_path / "mine.safetensors")
    assert torch.equal(mine.head.weight, random.head.weight)
    assert mine.class_names == ("koala", "barn", "cliff")


@pytest.mark.usefixtures("bundle")
def test_the_bundled_model_at_another_size() -> None:
    demo = create_backbone("demo", img_size=(48, 32))
    assert demo.patch_embed.grid_size == (6, 4)
    assert demo(torch.rand(1, 3, 48, 32)).isfinite().all()


def test_without_a_bundled_model_the_same_architecture_is_random(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asset(name: str) -> Path:
        raise FileNotFoundError(name)

    monkeypatch.setattr(zoo, "asset", asset)
    demo = create_backbone("demo")
    assert demo.is_random
    assert "this installation holds no weights of demo" in demo.weights_note
    assert demo(torch.rand(1, 3, 112, 112)).shape == (1, 100)
