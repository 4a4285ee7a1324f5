"""How long each method takes, beside timm's own network and the floor.

    python -m tests.benchmarks.latency --model deit_small_patch16_224 --batch 1 8

Everything of one table is interleaved in random order within one run; tables are not
comparable with each other, because a machine drifts. Weights are random: they do not
change how long a dense network takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import timm
import torch
from torch import nn

from gtp_core import accelerate, parse_method
from gtp_core.document.subject import DEVICES, PRECISIONS
from gtp_core.measuring.devices import MEASURING_THREADS, Device, resolve, threads
from gtp_core.measuring.inputs import random_images
from gtp_core.measuring.runtimes import RUNTIMES, Forward, prepare
from gtp_core.measuring.timing import rounds, warm_up
from gtp_core.records.comparison import FEWEST_ROUNDS
from gtp_core.records.window import SampleWindow

MODELS = (
    "deit_tiny_patch16_224",
    "deit_small_patch16_224",
    "deit_base_patch16_224",
)
BATCHES = (1, 8, 32)
METHODS = ("unpruned", "floor:K=8", "gtp:P=8", "gtp:P=8,theta=0.8", "tome:r=8")
TIMM = "timm"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    device = resolve(options.device)
    tables = []
    print(_heading(device, options), flush=True)
    with threads(options.threads):
        for model in options.model:
            for batch in options.batch:
                window = measure_case(model, batch, device, options)
                tables.append({"model": model, **window.to_dict()})
                print("\n".join(_table(model, window)), flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(tables, file, indent=1)
    return 0


def measure_case(
    model: str, batch: int, device: Device, options: argparse.Namespace
) -> SampleWindow:
    """Samples of timm's network and of every method, on one model and batch."""
    dtype = device.check_precision(options.precision)
    torch.manual_seed(0)
    vit = timm.create_model(model).eval().to(device.torch_device, dtype)
    images = random_images(batch, _image_size(vit), device, dtype)
    networks = _networks(vit, options.method)
    runs = [_prepared(options.runtime, network, images) for network in networks]
    for _ in warm_up(runs, images, device):
        pass
    window = SampleWindow((TIMM, *options.method), batch)
    start = time.perf_counter()
    for timing in rounds(runs, images, device, options.rounds):
        is_complete = window.add(*timing)
        seconds = time.perf_counter() - start
        enough = len(window) >= FEWEST_ROUNDS and seconds > options.seconds
        if is_complete and enough and not options.rounds:
            break
    return window


def _prepared(runtime: str, network: nn.Module, images: torch.Tensor) -> Forward:
    """The network in this runtime; eagerly, and said so, where it cannot be had."""
    try:
        return prepare(runtime, network, images)
    except ValueError as error:
        print(f"  {error} It runs eagerly instead.", file=sys.stderr)
        return network


def _networks(vit: nn.Module, methods: list[str]) -> Iterator[nn.Module]:
    yield vit
    for text in methods:
        yield accelerate(vit, parse_method(text))


def _image_size(vit: nn.Module) -> tuple[int, int]:
    size: Any = vit.patch_embed.img_size
    return int(size[0]), int(size[1])


def _heading(device: Device, options: argparse.Namespace) -> str:
    return (
        f"{device.name}, {device.kind}, {options.precision}, {options.runtime}, "
        f"{options.threads} threads, torch {torch.__version__}, timm {timm.__version__}"
    )


def _table(model: str, window: SampleWindow) -> Iterator[str]:
    floor = next(
        (i for i, name in enumerate(window.methods) if name.startswith("floor")), None
    )
    yield ""
    yield f"{model}, batch {window.batch}, {len(window)} rounds"
    yield (
        f"  {'method':<22}{'ms':>9}  {'quartiles':<19}{'images/s':>9}   "
        f"{'ratio to timm':<21}{'ratio to the floor':<21}"
    )
    for index, samples in enumerate(window.all_samples()):
        low, high = samples.quartiles
        yield (
            f"  {samples.method:<22}{1e3 * samples.median:>9.2f}  "
            f"{f'{1e3 * low:.2f} to {1e3 * high:.2f}':<19}"
            f"{samples.images_per_second:>9.1f}   "
            f"{_ratio(window, index, 0):<21}{_ratio(window, index, floor):<21}"
        ).rstrip()


def _ratio(window: SampleWindow, method: int, baseline: int | None) -> str:
    if baseline is None or method == baseline:
        return "1" if method == baseline else "-"
    found = window.comparison(method, baseline)
    return f"{found.ratio:.3f} ({found.low:.3f}-{found.high:.3f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.latency",
        description="Latency of token reduction methods, interleaved with timm's own "
        "network and with the floor; medians, quartiles, and the median of the "
        "paired ratios with its 95 % interval.",
    )
    add = parser.add_argument
    add("--model", nargs="+", default=MODELS, help="timm names (DeiT-Ti, -S and -B)")
    add("--batch", nargs="+", type=int, default=BATCHES, help="images per pass")
    add("--method", nargs="+", default=METHODS, help="text forms, such as gtp:P=8")
    add("--rounds", type=int, help="rounds of each table (default: by time)")
    add("--seconds", type=float, default=20.0, help="time for each table (20)")
    add("--threads", type=int, default=MEASURING_THREADS, help="CPU threads (all)")
    add("--device", choices=DEVICES, default="auto")
    add("--precision", choices=PRECISIONS, default="float32")
    add("--runtime", choices=tuple(RUNTIMES), default="eager")
    add("--json", metavar="FILE", help="also write every sample to FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
