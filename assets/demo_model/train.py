"""Train, check and export the demo model.

    python train.py teacher --work DIR    what the convolutional teacher sees (once)
    python train.py train --work DIR --finish-by 19:30      train, or go on training
    python train.py split --work DIR      write the held-out photographs to DIR/val
    python train.py export --work DIR     write model.safetensors and config.json

``--work`` keeps everything that a run needs to go on after an interruption.
"""

from __future__ import annotations

import argparse
import copy
import csv
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import schedule
import teacher
import torch
from data import (
    Classes,
    crop,
    load_photos,
    normalise,
    photometric,
    random_boxes,
    read_classes,
    split,
    write_split,
)
from dropping import draw_ranking, lost_per_layer, rank_patches
from export import export
from options import finish_time, parse
from student import (
    MEAN,
    STD,
    Student,
    evaluate,
    initialise,
    optimisers,
)
from torch import Tensor
from torch.nn import functional


class Trainer:
    """One run: the network, its average, its optimisers and where they stand."""

    def __init__(self, options: argparse.Namespace, classes: Classes) -> None:
        self.options = options
        self.work: Path = options.work
        photos = load_photos(
            options.data, classes, self.work / f"photos{options.pixels}.npz",
            options.pixels,
        )  # fmt: skip
        self.training, self.validation = split(photos, options.held_out)
        self.phases = schedule.parse_phases(options.phases)
        self.arguments = {
            "img_size": options.size,
            "patch_size": 8,
            "num_classes": len(classes.wnids),
            "embed_dim": options.dim,
            "depth": options.depth,
            "num_heads": options.heads,
            "mlp_ratio": 4.0,
        }
        torch.manual_seed(options.seed)
        self.generator = torch.Generator().manual_seed(options.seed)
        self.master = Student(self.arguments)
        if not options.plain_init:
            initialise(self.master, self.training, self.phases[0].size)
        self.average = copy.deepcopy(self.master).eval()
        self.worker = copy.deepcopy(self.master).to(torch.bfloat16)
        self.optimisers = optimisers(
            self.master, options.muon_rate, options.adam_rate, options.decay
        )
        self.peaks = [g["lr"] for o in self.optimisers for g in o.param_groups]
        self.step = self.images = 0
        self.best = (0, 0.0)
        self.clock = schedule.Clock(options.steps, finish_time(options))
        self.views = teacher.load_views(self.work / "teacher")
        self.queue = torch.empty(0, dtype=torch.int64)

    # -- one step -----------------------------------------------------------
    def next_index(self, count: int) -> Tensor:
        """The next ``count`` photographs of an endless shuffled row."""
        while len(self.queue) < count:
            self.views = teacher.load_views(self.work / "teacher")
            order = torch.randperm(len(self.training.labels), generator=self.generator)
            self.queue = torch.cat((self.queue, order))
        index, self.queue = self.queue[:count], self.queue[count:]
        return index

    def targets(self, index: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Boxes, and what the teacher said of them: logits and features."""
        if not self.views:
            return random_boxes(len(index), self.generator), None, None
        view = torch.randint(len(self.views), (len(index),), generator=self.generator)
        chosen = list(zip(view.tolist(), index.tolist(), strict=True))
        boxes = torch.stack([self.views[v].boxes[i] for v, i in chosen])
        logits = torch.stack([self.views[v].logits[i] for v, i in chosen]).float()
        features = torch.from_numpy(
            np.stack([self.views[v].features[i] for v, i in chosen])
        ).float()
        flip = torch.rand(len(index), generator=self.generator) < 0.5
        boxes[flip, 2] *= -1
        features[flip] = features[flip].flip(-1)
        return boxes, logits, features

    def leave_out(
        self, phase: schedule.Phase, side: int, features: Tensor | None
    ) -> tuple[Tensor | None, int]:
        """The patches of a batch that enter, in order, and how many each layer loses.

        None and 0 when nothing is left out.
        """
        draws = torch.rand(2, generator=self.generator).tolist()
        enter, gone = (
            low + draw * (high - low)
            for draw, (low, high) in zip(draws, (phase.keep, phase.lose), strict=True)
        )
        count = max(1, round(enter * side**2))
        lost = lost_per_layer(gone, count, self.arguments["depth"])
        if count == side**2 and lost == 0:
            return None, 0
        ranking = draw_ranking(self.generator, features)
        order = rank_patches(ranking, phase.batch, side, self.generator, features)
        return order[:, :count], lost

    def losses(self, phase: schedule.Phase) -> dict[str, Tensor]:
        """Draw a batch and compare the network with labels and teacher."""
        index = self.next_index(phase.batch)
        boxes, logits, features = self.targets(index)
        pixels = crop(self.training.images[index], boxes, phase.size)
        pixels = normalise(photometric(pixels, self.generator), MEAN, STD)
        side = phase.size // self.arguments["patch_size"]
        keep, lost = self.leave_out(phase, side, features)
        said, tokens = self.worker(pixels.to(torch.bfloat16), keep, lost)
        said, labels = said.float(), self.training.labels[index]
        losses = {"label": functional.cross_entropy(said, labels, label_smoothing=0.1)}
        if logits is None or features is None:
            return losses | {"total": losses["label"]}
        losses["teacher"] = functional.kl_div(
            said.log_softmax(1), logits.log_softmax(1), log_target=True,
            reduction="batchmean",
        )  # fmt: skip
        losses["feature"] = feature_loss(tokens, features, side, keep)
        weights = self.options
        losses["total"] = (
            (1 - weights.teacher_weight) * losses["label"]
            + weights.teacher_weight * losses["teacher"]
            + weights.feature_weight * losses["feature"]
        )
        return losses

    def advance(self) -> dict[str, float]:
        """One optimiser step."""
        phase = schedule.phase_at(self.phases, self.clock.progress)
        losses = self.losses(phase)
        torch.autograd.backward(losses["total"])
        factor = schedule.learning_rate(self.clock.progress)
        pairs = list(
            zip(self.master.parameters(), self.worker.parameters(), strict=True)
        )
        for ours, theirs in pairs:
            ours.grad = None if theirs.grad is None else theirs.grad.float()
            theirs.grad = None
        groups = [g for o in self.optimisers for g in o.param_groups]
        for group, peak in zip(groups, self.peaks, strict=True):
            group["lr"] = peak * factor
        for optimiser in self.optimisers:
            optimiser.step()
        with torch.no_grad():
            decay = min(self.options.average, (1 + self.step) / (10 + self.step))
            for ours, theirs in pairs:
                theirs.copy_(ours)
            for mean, ours in zip(
                self.average.parameters(), self.master.parameters(), strict=True
            ):
                mean.lerp_(ours, 1 - decay)
        self.step += 1
        self.images += phase.batch
        self.clock.tick()
        return {name: value.item() for name, value in losses.items()}

    # -- the loop -----------------------------------------------------------
    def run(self) -> None:
        """Train until the clock says 1, or ``--stop-after`` steps were made."""
        options, first = self.options, self.step
        sums: dict[str, float] = {}
        count, began, images = 0, time.time(), self.images
        while self.clock.progress < 1:
            for name, value in self.advance().items():
                sums[name] = sums.get(name, 0.0) + value
            count += 1
            stopping = options.stop_after and self.step - first >= options.stop_after
            ending = self.clock.progress >= 1 or stopping
            if time.time() - began < 60 * options.minutes and not ending:
                continue
            speed = (self.images - images) / (time.time() - began)
            means = {name: value / count for name, value in sums.items()}
            self.report(means, speed)
            self.save()
            sums, count, began, images = {}, 0, time.time(), self.images
            self.clock.restart()
            if ending:
                return

    def report(self, means: dict[str, float], speed: float) -> None:
        """Validate the average, write a line of the log, keep the best."""
        size = schedule.phase_at(self.phases, self.clock.progress).size
        photos = self.validation
        sample = torch.arange(0, len(photos.labels), self.options.check_every)
        quick = copy.deepcopy(self.average).to(torch.bfloat16)
        photos = photos.subset(sample)
        top1, top5 = evaluate(Bfloat16(quick), photos, size)  # type: ignore[arg-type]
        line = {
            "time": datetime.now().isoformat(timespec="seconds"),
            "step": self.step,
            "images": self.images,
            "progress": round(self.clock.progress, 4),
            "size": size,
            "rate": round(schedule.learning_rate(self.clock.progress), 4),
            "loss": round(means["total"], 4),
            "label_loss": round(means["label"], 4),
            "teacher_loss": round(means.get("teacher", 0.0), 4),
            "feature_loss": round(means.get("feature", 0.0), 4),
            "images_per_second": round(speed, 1),
            "top1": round(top1, 2),
            "top5": round(top5, 2),
        }
        print(" ".join(f"{k}={v}" for k, v in line.items()), flush=True)
        path = self.work / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, line.keys())
            if fresh:
                writer.writeheader()
            writer.writerow(line)
        if (size, top1) >= self.best:
            self.best = (size, top1)
            write_atomically(
                self.work / "best.pt",
                {
                    "arguments": self.arguments,
                    "vit": self.average.vit.state_dict(),
                    "step": self.step,
                    "images": self.images,
                    "size": size,
                },
            )

    # -- interruption -------------------------------------------------------
    def save(self) -> None:
        """Write everything needed to go on, replacing the last checkpoint."""
        write_atomically(
            self.work / "last.pt",
            {
                "master": self.master.state_dict(),
                "average": self.average.state_dict(),
                "optimisers": [o.state_dict() for o in self.optimisers],
                "generator": self.generator.get_state(),
                "queue": self.queue,
                "step": self.step,
                "images": self.images,
                "progress": self.clock.progress,
                "best": self.best,
            },
        )

    def resume(self) -> bool:
        """Go on from the last checkpoint, if there is one."""
        path = self.work / "last.pt"
        if not path.exists():
            return False
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.master.load_state_dict(state["master"])
        self.average.load_state_dict(state["average"])
        self.worker.load_state_dict(state["master"])
        for optimiser, stored in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(stored)
        self.generator.set_state(state["generator"])
        self.queue = state["queue"]
        self.step, self.images = state["step"], state["images"]
        self.clock.progress = state["progress"]
        if self.options.again and self.clock.progress >= 1:
            self.clock.progress = 0.0
        self.best = tuple(state["best"])
        return True


class Bfloat16(torch.nn.Module):
    """Feeds a bfloat16 network from float32 pixels."""

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.student = student

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """As Student.forward, in float32."""
        return tuple(out.float() for out in self.student(pixels.to(torch.bfloat16)))


def feature_loss(
    tokens: Tensor, features: Tensor, side: int, keep: Tensor | None
) -> Tensor:
    """One minus the cosine between each token and the teacher's features there."""
    if features.shape[-1] != side:
        features = functional.interpolate(
            features, size=side, mode="bilinear", align_corners=False
        )
    target = features.flatten(2).transpose(1, 2)  # (B, N, 320)
    if keep is not None:
        left = keep[:, : tokens.shape[1], None]
        target = target.gather(1, left.expand(-1, -1, target.shape[-1]))
    return 1 - functional.cosine_similarity(tokens.float(), target, dim=2).mean()


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Save beside ``path``, then rename, so that no reader sees half a file."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def main(arguments: list[str] | None = None) -> None:
    """Run one action."""
    options = parse(arguments, __doc__)
    if options.threads:
        torch.set_num_threads(options.threads)
    classes = read_classes(options.classes)
    if options.action == "train":
        trainer = Trainer(options, classes)
        found = trainer.resume()
        print("going on" if found else "starting", "at step", trainer.step, flush=True)
        trainer.clock.restart()
        trainer.run()
        return
    cache = options.work / f"photos{options.pixels}.npz"
    photos = load_photos(options.data, classes, cache, options.pixels)
    training, validation = split(photos, options.held_out)
    if options.action == "teacher":
        folder = options.work / "teacher"
        teacher.prepare(training, validation, classes.wnids, folder, options.views)
    elif options.action == "split":
        count = write_split(options.data, set(validation.names), options.work / "val")
        print(f"{count} photographs in {options.work / 'val'}")
    else:
        export(options.work / "best.pt", options.to, classes, validation)


if __name__ == "__main__":
    main()
