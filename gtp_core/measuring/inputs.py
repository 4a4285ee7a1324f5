"""What is timed: a batch of the images that are open."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtp_core.measuring.devices import Device


def input_batch(
    photos: Sequence[Tensor],
    batch: int,
    size: tuple[int, int],
    device: Device,
    dtype: torch.dtype,
) -> Tensor:
    """(batch, 3, height, width) of prepared `photos`, on `device` in `dtype`.

    `photos` are inputs (3, height, width). They are repeated in turn until there are
    enough; without any, random pixels take their place. Raises ValueError if `batch`
    is below 1 or a photo has another shape.
    """
    if batch < 1:
        raise ValueError(f"Batch is {batch}; allowed: a whole number >= 1.")
    if not photos:
        return random_images(batch, size, device, dtype)
    wanted = (3, *size)
    for photo in photos:
        if tuple(photo.shape) != wanted:
            raise ValueError(
                f"A prepared photo has shape {tuple(photo.shape)}; the network wants "
                f"{wanted}."
            )
    chosen = [photos[index % len(photos)] for index in range(batch)]
    return torch.stack(chosen).to(device.torch_device, dtype)


def random_images(
    batch: int, size: tuple[int, int], device: Device, dtype: torch.dtype, seed: int = 0
) -> Tensor:
    """(batch, 3, height, width) of normal noise: what preprocessed photos look like."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn((batch, 3, *size), generator=generator)
    return images.to(device.torch_device, dtype)
