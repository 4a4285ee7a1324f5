"""``gtp profile``: latency of each method, interleaved, with verdicts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from gtp_core.commands.shared.attention import add_attention, attention_policy
from gtp_core.commands.shared.errors import WorkError
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.networks import accelerated, facts, load_model
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    add_paths,
    whole,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos
from gtp_core.commands.shared.terminal import progress_steps
from gtp_core.document.subject import PRECISIONS
from gtp_core.drawing.tables import Table
from gtp_core.measuring.runtimes import RUNTIMES
from gtp_core.photos.photo import Photo
from gtp_core.records.comparison import FEWEST_ROUNDS

if TYPE_CHECKING:
    from gtp_core.measuring.model import LoadedModel
    from gtp_core.measuring.profile import Profile
    from gtp_core.network.accelerated import AcceleratedViT

HELP = "latency of each method on this machine"
DESCRIPTION = (
    "Measure latency. After a warm-up, every method runs once in each round, in random "
    "order. The measurement ends when every method has a verdict, and after --rounds "
    "rounds at the latest. The floor of a method is the same network with as many "
    "tokens left after each layer, at no cost. What lies between a method and its "
    "floor is the method's own cost. Give a method twice to see how far chance goes."
)
EXAMPLES = (
    ("gtp profile photo.jpg --method gtp:P=8", "latency, interleaved, with verdicts"),
    ("gtp profile photos/ --batch 8 --runtime compiled", "batches through a compiler"),
    ("gtp profile --attention fused --json fused.json", "attention pinned; a report"),
)
ORDER = 50


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods, how to measure."""
    add_paths(parser, "images to measure on, or folders; without any, random pixels")
    add_methods(parser)
    add_model(parser, default_weights="random")
    parser.add_argument(
        "--batch", type=whole, default=1, help="images per forward pass (default: 1)"
    )
    parser.add_argument(
        "--rounds",
        type=whole,
        default=100,
        help="the most rounds that are measured (default: 100)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="float32",
        help="number format of weights and images (default: float32)",
    )
    parser.add_argument(
        "--runtime",
        choices=tuple(RUNTIMES),
        default="eager",
        help="what runs the network, for all methods alike (default: eager); "
        + ", ".join(f"{name}: {runtime.title}" for name, runtime in RUNTIMES.items()),
    )
    add_attention(parser)
    parser.add_argument("--no-floor", action="store_true", help="leave the floors out")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure."""
    output = Output(options)
    photos = Photos(options.paths, output) if options.paths else None
    if options.rounds < FEWEST_ROUNDS:
        output.warn(
            f"{options.rounds} rounds are too few for a verdict; it takes "
            f"{FEWEST_ROUNDS} or more."
        )
    policy = attention_policy(options.attention)
    model = load_model(options, output, warn_random=False)
    model.policy = policy
    networks = accelerated(model, with_baseline(options.methods), output)
    used = _photos_used(photos, options.batch)
    found = _measure(model, networks, used, options)
    output.say(_heading(model, found, used))
    output.say(_table(found).text())
    output.finish(
        facts(model.info)
        | {
            "precision": options.precision,
            "photos": [photo.path for photo in used],
            "attention_policy": options.attention,
            "failures": [] if photos is None else photos.failures,
        }
        | found.to_dict()
    )
    if found.was_interrupted:
        raise KeyboardInterrupt  # what there is has been told
    return 0 if photos is None else photos.exit_code


def _photos_used(photos: Photos | None, batch: int) -> list[Photo]:
    """The first photos that can be used, at most a batch of them.

    Raises WorkError if images were given and none of them can be used.
    """
    if photos is None:
        return []
    used = list(islice(photos, batch))
    if not used:
        raise WorkError("none of the images can be used.")
    return used


def _measure(
    model: LoadedModel,
    networks: Sequence[AcceleratedViT],
    photos: Sequence[Photo],
    options: argparse.Namespace,
) -> Profile:
    """The samples; raises WorkError where the runtime cannot be had."""
    from gtp_core.measuring.profile import Plan, profile, with_floors

    measured = tuple(networks) if options.no_floor else with_floors(networks)
    plan = Plan(options.batch, options.rounds, options.runtime)
    inputs = [model.to_input_of_photo(photo.pixels)[0] for photo in photos]
    total = options.rounds * len(measured)
    with progress_steps("measuring", total, "sample") as step:
        try:
            return profile(measured, inputs, model.device, plan, lambda _: step())
        except ValueError as error:
            raise WorkError(str(error)) from None


def _heading(model: LoadedModel, found: Profile, photos: Sequence[Photo]) -> str:
    environment, plan = found.environment, found.plan
    where = model.info.device_name
    if model.info.device == "cpu":
        where += f", {environment.threads} threads"
    return (
        f"{model.info.model}, batch {plan.batch}, {model.info.precision}, "
        f"{plan.runtime} on {where}\n"
        f"torch {environment.torch}, timm {environment.timm}, "
        f"Python {environment.python}, {environment.platform}\n"
        f"{_rounds(len(found.window))} on {_on_what(photos, plan.batch)}, interleaved; "
        "milliseconds per forward pass\n"
    )


def _rounds(number: int) -> str:
    return "1 round" if number == 1 else f"{number} rounds"


def _on_what(photos: Sequence[Photo], batch: int) -> str:
    if not photos:
        return "random pixels"
    if len(photos) == 1:
        return photos[0].name
    repeated = ", repeated" if len(photos) < batch else ""
    return f"{len(photos)} photos{repeated}"


def _table(found: Profile) -> Table:
    baseline = found.window.methods[0]
    headings = ("method", "median ms", "quartiles ms", "images/s", "attention")
    table = Table((*headings, f"against {baseline}"), (0, 4, 5))
    for index, samples in enumerate(found.window.all_samples()):
        low, high = samples.quartiles
        verdict = "baseline" if index == 0 else found.window.comparison(index).sentence
        table.add(
            samples.method,
            f"{1000 * samples.median:.2f}",
            f"{1000 * low:.2f} to {1000 * high:.2f}",
            f"{samples.images_per_second:.1f}",
            _ways_in_words(found.networks[index].attention_ways),
            verdict,
        )
    return table


def _ways_in_words(ways: tuple[str | None, ...]) -> str:
    """Such as "fused", or "explicit in 9 of 12 layers"."""
    explicit = sum(way == "explicit" for way in ways)
    if explicit in (0, len(ways)):
        return "explicit" if explicit else "fused"
    return f"explicit in {explicit} of {len(ways)} layers"
