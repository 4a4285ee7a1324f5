"""``gtp models``: what is known by name."""

from __future__ import annotations

from typing import Any


def test_models_lists_names_and_facts(gtp: Any) -> None:
    models = gtp("models", "--json").report["models"]
    by_name = {model["name"]: model for model in models}
    assert by_name["deit_small_patch16_224"]["depth"] == 12
    assert "deit_small_patch16_224" in gtp("models").out
