"""What tracing one image costs, as a ratio to a plain forward pass.

    python -m tests.benchmarks.trace_cost

Plain and traced passes of the same accelerated network alternate; the medians of
their times are compared. The target is a ratio of at most 1.25.
"""

from __future__ import annotations

import argparse

import torch

import gtp_core as gtp
from gtp_core.measuring.devices import resolve
from gtp_core.measuring.inputs import random_images
from gtp_core.measuring.timing import rounds, warm_up
from gtp_core.records.window import SampleWindow

METHODS = ("unpruned", "gtp:P=8", "gtp:P=8,theta=0.8", "tome:r=8", "topk:K=8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="deit_small_patch16_224")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    device = resolve(options.device)
    vit = gtp.create_backbone(options.model, weights=None).to(device.torch_device)
    size = tuple(vit.patch_embed.img_size)
    images = random_images(1, size, device, torch.float32)
    print(f"{options.model}, {device.name}, {options.rounds} rounds")
    for text in METHODS:
        fast = gtp.accelerate(vit, gtp.parse_method(text))
        window, runs = SampleWindow(("plain", "traced"), 1), (fast, fast.trace)
        for _ in warm_up(runs, images, device):
            pass
        for timing in rounds(runs, images, device, options.rounds):
            window.add(*timing)
        plain = 1e3 * window.samples(0).median
        found = window.comparison(1)
        print(f"  {text:20s} plain {plain:7.1f} ms, traced {found.ratio:.3f} of that")


if __name__ == "__main__":
    main()
