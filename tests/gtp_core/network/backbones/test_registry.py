"""The table of listed backbones is true, and can be read without torch."""

import subprocess
import sys

import pytest
import torch

from gtp_core.catalogue import BACKBONES, FAMILIES, list_backbones
from gtp_core.network.backbones.create import create_backbone


def test_is_read_without_torch() -> None:
    program = (
        "import sys; from gtp_core.catalogue import list_backbones; list_backbones();"
        "print(sorted({'torch', 'timm', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", BACKBONES)
def test_facts_agree_with_the_network(name: str) -> None:
    facts = BACKBONES[name]
    with torch.device("meta"):
        vit = create_backbone(name, weights=None)
    count = sum(parameter.numel() for parameter in vit.parameters())
    assert facts.parameters == pytest.approx(count / 1e6, abs=0.0501)
    assert facts.image == vit.patch_embed.img_size
    assert facts.patch == vit.patch_embed.patch_size
    assert facts.grid == vit.patch_embed.grid_size
    assert facts.tokens == vit.patch_embed.num_patches
    assert facts.width == vit.embed_dim
    assert facts.depth == len(vit.blocks)
    assert facts.heads == vit.blocks[0].attn.num_heads
    assert facts.prefix_tokens == vit.num_prefix_tokens
    assert facts.classes == vit.num_classes


def test_the_demo_model_comes_first_and_every_name_once() -> None:
    names = [backbone.name for backbone in list_backbones()]
    assert names[0] == "demo"
    assert names == list(BACKBONES)
    assert {backbone.family for backbone in list_backbones()} == set(FAMILIES)


def test_summary_is_one_readable_line() -> None:
    assert BACKBONES["deit_small_patch16_224"].summary == (
        "DeiT, 22.1 M parameters, 224 px, patch 16, 14×14 tokens"
    )
