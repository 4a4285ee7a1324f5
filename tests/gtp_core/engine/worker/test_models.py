"""Several networks stay loaded, within a memory bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gtp_core.document.subject import ModelSpec
from gtp_core.engine.worker import models
from gtp_core.engine.worker.models import Models, memory_bound
from gtp_core.measuring.model import LoadedModel, load

A, B, C = (ModelSpec("test_vit", "random", "cpu", seed=seed) for seed in range(3))


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load(A)


def loaded(memory: Models, *specs: ModelSpec) -> set[ModelSpec]:
    """Which of `specs` are there."""
    found = set()
    for spec in specs:
        with memory.in_use(spec):
            if memory.get(spec) is not None:
                found.add(spec)
    return found


def take_in(memory: Models, model: LoadedModel, *specs: ModelSpec) -> None:
    for spec in specs:
        with memory.in_use(spec):
            memory.put(spec, model)


def test_what_was_not_used_for_longest_leaves(model: LoadedModel) -> None:
    memory = Models(2 * model.bytes)
    take_in(memory, model, A, B)
    assert loaded(memory, B, A) == {A, B}  # A was used last
    take_in(memory, model, C)
    assert loaded(memory, A, B, C) == {A, C}


def test_what_is_in_use_never_leaves(model: LoadedModel) -> None:
    memory = Models(model.bytes)
    with memory.in_use(A):
        memory.put(A, model)
        with memory.in_use(A):  # a second channel
            take_in(memory, model, B, C)
        memory.forget_idle()
        assert memory.get(A) is model
        assert loaded(memory, B, C) == set()
    assert loaded(memory, A) == {A}


def test_a_network_larger_than_the_bound_stays_until_another_is_used(
    model: LoadedModel,
) -> None:
    memory = Models(1)
    take_in(memory, model, A)
    assert loaded(memory, A) == {A}
    take_in(memory, model, B)
    assert loaded(memory, A, B) == {B}


def test_weights_that_were_replaced_on_disk_are_read_again(
    model: LoadedModel, tmp_path: Path
) -> None:
    file = tmp_path / "weights.pt"
    file.write_bytes(b"one")
    spec = ModelSpec("test_vit", str(file), "cpu")
    memory = Models()
    take_in(memory, model, spec)
    assert loaded(memory, spec) == {spec}
    os.utime(file, (1, 1))
    assert loaded(memory, spec) == set()


def test_the_bound_is_a_share_of_a_small_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 10**6}
    monkeypatch.setattr(models.os, "sysconf", pages.__getitem__)
    assert memory_bound() == 1_024_000_000
    pages["SC_PHYS_PAGES"] = 10**8
    assert memory_bound() == models.MOST_BYTES
