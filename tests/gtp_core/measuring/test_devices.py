"""CPU, CUDA and MPS behind one face."""

from __future__ import annotations

import pytest
import torch

from gtp_core.measuring import devices
from gtp_core.measuring.devices import Device, resolve
from gtp_core.measuring.probe import probe

cuda = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device on this machine"
)
mps = pytest.mark.skipif(
    not torch.backends.mps.is_available(), reason="no MPS device on this machine"
)
every_device = pytest.mark.parametrize(
    "kind",
    [
        "cpu",
        pytest.param("cuda", marks=[pytest.mark.cuda, cuda]),
        pytest.param("mps", marks=[pytest.mark.mps, mps]),
    ],
)


def product(kind: str, size: int = 256) -> torch.Tensor:
    matrix = torch.ones((size, size), device=kind)
    return matrix @ matrix


def test_auto_is_the_fastest_device_there_is() -> None:
    assert resolve("auto").kind == devices.available_devices()[-1]
    assert devices.available_devices()[0] == "cpu"


def test_an_unknown_device_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="Device is 'tpu'; allowed: auto, cpu, cuda"):
        resolve("tpu")


def test_a_device_that_is_not_here_is_refused_with_what_is() -> None:
    missing = {"cuda", "mps"} - set(devices.available_devices())
    if not missing:
        pytest.skip("this machine has every device")
    with pytest.raises(ValueError, match="device here; available: cpu"):
        resolve(missing.pop())


@every_device
def test_a_call_is_timed_until_the_device_has_done_it(kind: str) -> None:
    device = resolve(kind)
    small = min(device.time(lambda: product(kind, 64)) for _ in range(5))
    large = min(device.time(lambda: product(kind, 1024)) for _ in range(5))
    assert 0 < small < large


@every_device
def test_a_device_has_a_name_and_goes_on_after_giving_memory_back(kind: str) -> None:
    device = resolve(kind)
    assert device.name
    product(kind)
    device.synchronise()
    device.release_memory()
    assert product(kind).shape == (256, 256)


@every_device
def test_precisions_are_tried_before_they_are_promised(kind: str) -> None:
    device = resolve(kind)
    assert device.check_precision("float32") is torch.float32
    with pytest.raises(ValueError, match="Precision is 'int8'; allowed: float32, fl"):
        device.check_precision("int8")


def test_running_out_of_memory_is_told_from_other_errors() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    assert devices.is_out_of_memory(caught.value)
    assert devices.is_out_of_memory(torch.OutOfMemoryError())
    assert devices.is_out_of_memory(MemoryError())
    assert devices.is_out_of_memory(RuntimeError("MPS backend out of memory (used"))
    assert not devices.is_out_of_memory(RuntimeError("shapes do not match"))
    assert not devices.is_out_of_memory(ValueError("out of memory"))


def test_threads_are_as_before_afterwards() -> None:
    before = torch.get_num_threads()
    with devices.threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    assert 1 <= devices.EXPLORING_THREADS <= devices.MEASURING_THREADS


def test_the_environment_says_what_measurements_run_on() -> None:
    found = probe()
    assert found.torch == torch.__version__
    assert found.devices == devices.available_devices()
    assert found.device_names[0] == found.processor == Device("cpu").name
    assert found.cores >= 1
    assert found.threads == devices.MEASURING_THREADS
