"""``gtp profile``: latency of each method, interleaved, with intervals."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gtp_core.commands.shared.errors import WorkError
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    whole,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.terminal import progress_bar
from gtp_core.drawing.tables import Table
from gtp_core.methods import MethodBase
from gtp_core.methods.floor import Floor
from gtp_core.records.comparison import FEWEST_ROUNDS

if TYPE_CHECKING:
    from torch import Tensor

    from gtp_core.commands.network import Network
    from gtp_core.measuring.execution import Forward
    from gtp_core.network.accelerated import AcceleratedViT
    from gtp_core.records.environment import Environment
    from gtp_core.records.window import SampleWindow

ORDER = 50
EXAMPLES = (("gtp profile", "x"),)
HELP = "latency of each method on this machine"
DESCRIPTION = (
    "Measure latency: warm-up, then rounds in which every method runs once, in random "
    "order. The floor is the same network dropping as many tokens at no cost: what "
    "lies between a method and its floor is the method's own cost."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Network, methods, how much to measure."""
    add_methods(parser)
    add_model(parser, default_weights="random")
    parser.add_argument(
        "--batch", type=whole, default=1, help="images per forward pass (default: 1)"
    )
    parser.add_argument(
        "--rounds", type=whole, default=50, help="samples per method (default: 50)"
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "float16", "bfloat16"),
        default="float32",
        help="number format of weights and images (default: float32)",
    )
    parser.add_argument(
        "--execution",
        choices=("eager", "graph", "compile"),
        default="eager",
        help="eager; graph: one captured CUDA graph; compile: torch.compile, for all "
        "methods alike (default: eager)",
    )
    parser.add_argument("--no-floor", action="store_true", help="leave the floors out")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure."""
    output = Output(options)
    from gtp_core.commands.network import load_network
    from gtp_core.measuring.probe import probe

    if options.rounds < FEWEST_ROUNDS:
        output.warn(
            f"{options.rounds} rounds are too few for a verdict; it takes "
            f"{FEWEST_ROUNDS} or more."
        )
    network = load_network(options, output, warn_random=False)
    networks = network.accelerated(with_baseline(options.methods), output)
    if not options.no_floor:
        networks += network.accelerated(_floors(networks), output)
    window = _measure(network, networks, options)
    environment = probe()
    output.say(_heading(network, options, environment, len(window)))
    ways = [fast.attention_ways for fast in networks]
    output.say(_table(window, ways).text())
    output.finish(
        {
            "model": options.model,
            "device": network.device.kind,
            "device_name": network.device.name,
            "precision": options.precision,
            "execution": options.execution,
            "environment": environment,
            "schedules": [fast.schedule for fast in networks],
            "attention": ways,
        }
        | window.to_dict()
    )
    if len(window) < options.rounds:
        raise KeyboardInterrupt  # what there is has been told
    return 0


def _floors(networks: list[AcceleratedViT]) -> tuple[MethodBase, ...]:
    """A floor for every schedule that removes something."""
    taken = {fast.schedule for fast in networks if isinstance(fast.method, Floor)}
    schedules = dict.fromkeys(
        fast.schedule
        for fast in networks
        if any(fast.schedule) and fast.schedule not in taken
    )
    return tuple(
        Floor(removed=counts[0] if len(set(counts)) == 1 else counts)
        for counts in schedules
    )


def _measure(
    network: Network, networks: list[AcceleratedViT], options: argparse.Namespace
) -> SampleWindow:
    """The samples; those of the rounds so far if it is interrupted after enough."""
    from gtp_core.measuring import devices, timing
    from gtp_core.records.window import SampleWindow

    size = (network.spec.height, network.spec.width)
    device = network.device
    images = timing.random_images(options.batch, size, device, network.dtype)
    names = [str(fast.method) for fast in networks]
    window = SampleWindow(names, batch=options.batch)
    with devices.threads(devices.MEASURING_THREADS):
        runs = _prepared(networks, images, options.execution)
        timings = timing.measure(runs, images, device, options.rounds)
        total = options.rounds * len(networks)
        try:
            for sample in progress_bar(timings, "measuring", total, "sample"):
                window.add(*sample)
        except KeyboardInterrupt:
            if len(window) < FEWEST_ROUNDS:
                raise
    return window


def _prepared(
    networks: list[AcceleratedViT], images: Tensor, execution: str
) -> list[Forward]:
    """The networks ready to run; raises WorkError where `execution` cannot be had."""
    from gtp_core.measuring.execution import prepare

    try:
        return [prepare(network, images, execution) for network in networks]
    except ValueError as error:
        raise WorkError(str(error)) from None


def _heading(
    network: Network,
    options: argparse.Namespace,
    environment: Environment,
    rounds: int,
) -> str:
    where = f"{network.device.name}"
    if network.device.kind == "cpu":
        where += f", {environment.threads} threads"
    how = "" if options.execution == "eager" else f", {options.execution}"
    return (
        f"{options.model}, batch {options.batch}, {options.precision}{how} on {where}\n"
        f"torch {environment.torch}, timm {environment.timm}, "
        f"Python {environment.python}, {environment.platform}\n"
        f"{rounds} rounds, interleaved; milliseconds per forward pass\n"
    )


def _ways_in_words(ways: tuple[str | None, ...]) -> str:
    """Such as "fused", or "explicit in 9 of 12 layers"."""
    explicit = sum(way == "explicit" for way in ways)
    if explicit in (0, len(ways)):
        return "explicit" if explicit else "fused"
    return f"explicit in {explicit} of {len(ways)} layers"


def _table(window: SampleWindow, ways: list[tuple[str | None, ...]]) -> Table:
    baseline = window.methods[0]
    table = Table(
        (
            "method",
            "median ms",
            "quartiles ms",
            "images/s",
            f"against {baseline}",
            "attention",
        ),
        (0, 4, 5),
    )
    for index, samples in enumerate(window.all_samples()):
        low, high = samples.quartiles
        verdict = "baseline" if index == 0 else window.comparison(index).sentence
        table.add(
            samples.method,
            f"{1000 * samples.median:.2f}",
            f"{1000 * low:.2f} to {1000 * high:.2f}",
            f"{samples.images_per_second:.1f}",
            verdict,
            _ways_in_words(ways[index]),
        )
    return table
