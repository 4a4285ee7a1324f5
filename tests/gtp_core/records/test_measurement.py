"""A measurement names what it is of, and says how far it is."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from gtp_core.document.subject import ModelSpec
from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.environment import Environment
from gtp_core.records.measurement import ENDS, Measurement

ENVIRONMENT = Environment(
    python="3.11.2",
    torch="2.9.0",
    timm="1.0.22",
    platform="Linux",
    processor="A processor",
    cores=2,
    threads=2,
    devices=("cpu", "cuda"),
    device_names=("A processor", "A graphics card"),
)


def begin(device: str = "cpu", batch: int = 8, photos: int = 3) -> Measurement:
    return Measurement.begin(
        SimpleNamespace(
            spec=ModelSpec("demo", device=device, precision="bfloat16"),
            methods=(Unpruned(), GTP(8)),
            batch=batch,
            runtime="compiled",
            threads=2,
            environment=ENVIRONMENT,
            photos=photos,
        )
    )


def feed(measurement: Measurement, rounds: int) -> None:
    for turn in range(rounds):
        for method in range(2):
            measurement.add(method, turn, 0.01)


def test_it_warms_up_until_the_first_sample_comes() -> None:
    measurement = begin()
    assert measurement.state == "warming up"
    assert measurement.caption.startswith("Warming up: demo, bfloat16, batch 8")
    assert not measurement.add(0, 0, 0.01)
    assert measurement.state == "measuring"
    assert measurement.add(1, 0, 0.01)
    assert not measurement.has_ended


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("complete", "Measured: "),
        ("stopped early", "Stopped early: "),
        ("failed", "Failed: "),
        ("engine died", "The engine ended: "),
    ],
)
def test_its_end_is_told_as_it_was(state: str, word: str) -> None:
    measurement = begin()
    feed(measurement, 12)
    measurement.end(state)
    assert measurement.has_ended
    assert measurement.caption.startswith(word)
    assert measurement.caption.endswith("; 12 rounds.")


def test_after_its_end_nothing_is_taken_in() -> None:
    measurement = begin()
    feed(measurement, 3)
    measurement.end("stopped early")
    feed(measurement, 9)
    assert len(measurement.window) == 3
    assert measurement.state == "stopped early"


def test_only_an_end_ends_it() -> None:
    with pytest.raises(ValueError, match="cannot end as 'measuring'; allowed: comp"):
        begin().end("measuring")
    assert set(ENDS).isdisjoint({"warming up", "measuring"})


def test_the_caption_names_all_that_it_depends_on() -> None:
    measurement = begin()
    feed(measurement, 1)
    assert measurement.caption == (
        "Measuring: demo, bfloat16, batch 8, 3 photos, compiled, 2 threads, "
        "A processor; 1 round."
    )


def test_the_caption_says_where_the_pixels_are_random() -> None:
    assert "batch 8, random pixels, compiled" in begin(photos=0).about
    assert "batch 8, 1 photo, compiled" in begin(photos=1).about


@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_a_graphics_card_has_a_name_and_no_threads(device: str) -> None:
    assert begin(device).about.endswith("compiled, A graphics card")


def test_the_methods_of_the_window_are_those_of_the_measurement() -> None:
    measurement = begin()
    assert measurement.window.methods == ("unpruned", str(GTP(8)))
    assert measurement.window.batch == 8
    alone = dataclasses.replace(ENVIRONMENT, devices=("cpu",), device_names=("X",))
    measurement.environment = alone
    assert measurement.about.endswith("2 threads, A processor")
