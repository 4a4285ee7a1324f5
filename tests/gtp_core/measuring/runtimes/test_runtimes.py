"""Runtimes are found, give the network's own answer, or say why they cannot."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from gtp_core.measuring.devices import Device
from gtp_core.measuring.runtimes import RUNTIMES, Forward, Runtime, prepare

IMAGES = torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5)).eval()


class Wrong(Runtime):
    """Runs another network than the one that it was given."""

    name = "wrong"
    title = "Wrong"
    order = 99

    def prepare(self, network: nn.Module, example: torch.Tensor) -> Forward:
        del example
        return lambda images: -network(images)


class NeverThere(Wrong):
    name = "never"

    def unavailable_reason(self, device: Device) -> str | None:
        return f"It is never there on {device.kind}; choose another runtime."


@pytest.fixture
def _more(monkeypatch: pytest.MonkeyPatch) -> None:
    for runtime in (Wrong(), NeverThere()):
        monkeypatch.setitem(RUNTIMES, runtime.name, runtime)


def test_every_file_is_a_runtime_in_the_order_of_menus() -> None:
    assert list(RUNTIMES) == ["eager", "compiled", "cuda-graph"]
    assert all(runtime.title for runtime in RUNTIMES.values())
    assert all(name == runtime.name for name, runtime in RUNTIMES.items())


def test_their_names_are_known_without_torch() -> None:
    program = (
        "import sys; from gtp_core.measuring.runtimes import RUNTIMES; "
        "assert RUNTIMES; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_unknown_runtime_is_refused(network: nn.Module) -> None:
    with pytest.raises(
        ValueError, match="Runtime is 'fast'; allowed: eager, compiled, cuda-graph"
    ):
        prepare("fast", network, IMAGES)


@pytest.mark.usefixtures("_more")
def test_what_the_device_lacks_is_said(network: nn.Module) -> None:
    with pytest.raises(ValueError, match="It is never there on cpu; choose another"):
        prepare("never", network, IMAGES)


@pytest.mark.usefixtures("_more")
def test_other_answers_than_the_networks_own_are_refused(network: nn.Module) -> None:
    with pytest.raises(ValueError, match="Wrong gives other answers than the network"):
        prepare("wrong", network, IMAGES)


def test_eager_is_the_network_itself(network: nn.Module) -> None:
    assert prepare("eager", network, IMAGES) is network
