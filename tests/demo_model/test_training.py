"""The training program of the demo model, on generated images and a tiny network."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

PROGRAM = Path(__file__).parents[2] / "assets" / "demo_model"
MODULES = ("data", "dropping", "options", "schedule", "student", "teacher")
MODULES += ("export", "train")
WNIDS = ("n00000001", "n00000002", "n00000003")
TINY = ["--size=32", "--dim=24", "--depth=2", "--heads=2", "--held-out=2"]
TINY += ["--pixels=32", "--check-every=1"]
PHASES = "0:16:4:1,0.5:32:4:0.5-1:0-0.6"


@pytest.fixture(scope="module")
def program() -> Iterator[SimpleNamespace]:
    """The program's modules, importable by their plain names for these tests only."""
    hidden = {name: sys.modules.pop(name, None) for name in MODULES}
    sys.path.insert(0, str(PROGRAM))
    try:
        loaded: dict[str, ModuleType] = {n: __import__(n) for n in MODULES}
        yield SimpleNamespace(**loaded)
    finally:
        sys.path.remove(str(PROGRAM))
        for name, module in hidden.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work folder with 3 classes of 6 generated photographs each."""
    random = np.random.default_rng(0)
    for number, wnid in enumerate(WNIDS):
        folder = tmp_path / "photos" / wnid
        folder.mkdir(parents=True)
        for index in range(6):
            pixels = random.integers(0, 80, (32, 32, 3), dtype=np.uint8)
            pixels[..., number] += 150
            Image.fromarray(pixels).save(folder / f"{wnid}_{index}.png")
    classes = [{"wnid": w, "name": f"class {i}"} for i, w in enumerate(WNIDS)]
    (tmp_path / "classes.json").write_text(json.dumps(classes))
    return tmp_path


def run(program: SimpleNamespace, work: Path, action: str, *more: str) -> None:
    common = [
        "--data",
        str(work / "photos"),
        "--phases",
        PHASES,
        "--check-every",
        "1",
        "--pixels=32",
    ]
    program.train.main([action, "--work", str(work), *common, *TINY, *more])


def log(work: Path) -> list[dict[str, str]]:
    with (work / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_few_steps_then_resume_then_export(
    program: SimpleNamespace, work: Path
) -> None:
    run(program, work, "train", "--steps", "6", "--stop-after", "4")
    (line,) = log(work)
    assert int(line["step"]) == 4
    assert np.isfinite(float(line["loss"]))

    run(program, work, "train", "--steps", "6")
    first, last = log(work)
    assert (first, int(last["step"])) == (line, 6)
    assert float(last["progress"]) == 1
    assert np.isfinite(float(last["loss"]))

    run(program, work, "train", "--steps", "2")
    assert len(log(work)) == 2  # nothing was left to do
    run(program, work, "train", "--steps", "2", "--again")
    assert [int(line["step"]) for line in log(work)][-1] == 8

    run(program, work, "export", "--to", str(work / "out"))
    config = json.loads((work / "out" / "config.json").read_text())
    assert config["wnids"] == list(WNIDS)
    assert config["class_names"] == ["class 0", "class 1", "class 2"]
    assert config["validation"]["images"] == 6
    network = program.export.build(config, work / "out" / "model.safetensors")
    best = torch.load(work / "best.pt", weights_only=True)["vit"]
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, best[name].half().float())


def test_an_interrupted_run_equals_an_uninterrupted_one(
    program: SimpleNamespace, work: Path
) -> None:
    ends = []
    for pieces in (["--stop-after", "6"], ["--stop-after", "3"]):
        for name in ("last.pt", "best.pt", "log.csv"):
            (work / name).unlink(missing_ok=True)
        run(program, work, "train", "--steps", "6", *pieces)
        if len(log(work)) == 1 and log(work)[0]["step"] == "3":
            run(program, work, "train", "--steps", "6")
        ends.append(torch.load(work / "last.pt", weights_only=True)["master"])
    for name, value in ends[0].items():
        torch.testing.assert_close(ends[1][name], value)


def test_distillation_reads_stored_views(program: SimpleNamespace, work: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    folder = work / "teacher"
    folder.mkdir()
    boxes = program.data.random_boxes(12, generator)
    features = np.random.default_rng(0).normal(size=(12, 320, 4, 4))
    program.teacher.save_view(
        folder, 0, boxes, features.astype(np.float16), torch.randn(12, 3)
    )
    run(program, work, "train", "--steps", "4")
    (line,) = log(work)
    assert float(line["teacher_loss"]) > 0
    assert 0 < float(line["feature_loss"]) < 2


def test_split_is_fixed_by_the_file_names(program: SimpleNamespace, work: Path) -> None:
    run(program, work, "split")
    written = {p.relative_to(work / "val") for p in (work / "val").glob("*/*")}
    assert len(written) == 6
    assert {path.parent.name for path in written} == set(WNIDS)
    classes = program.data.read_classes(work / "classes.json")
    photos = program.data.load_photos(
        work / "photos", classes, work / "again.npz", size=32
    )
    backwards = photos.subset(torch.arange(len(photos.names)).flip(0))
    _, held_out = program.data.split(backwards, 2)
    assert {Path(name) for name in held_out.names} == written


def test_student_equals_the_plain_network_at_its_native_size(
    program: SimpleNamespace,
) -> None:
    arguments = {
        "img_size": 32,
        "patch_size": 8,
        "num_classes": 5,
        "embed_dim": 24,
        "depth": 2,
        "num_heads": 2,
    }
    student = program.student.Student(arguments).eval()
    pixels = torch.randn(2, 3, 32, 32)
    logits, tokens = student(pixels)
    torch.testing.assert_close(logits, student.vit(pixels))
    assert tokens.shape == (2, 16, 320)
    everything = torch.arange(16).flip(0).expand(2, -1)
    torch.testing.assert_close(student(pixels, everything)[0], logits)
    assert student(torch.randn(2, 3, 16, 16))[1].shape == (2, 4, 320)


def test_layers_lose_the_last_of_the_patches_that_entered(
    program: SimpleNamespace,
) -> None:
    arguments = {
        "img_size": 32, "patch_size": 8, "num_classes": 5,
        "embed_dim": 24, "depth": 3, "num_heads": 2,
    }  # fmt: skip
    student = program.student.Student(arguments).eval()
    pixels = torch.randn(2, 3, 32, 32)
    order = torch.stack((torch.arange(16), torch.arange(16).flip(0)))
    logits, tokens = student(pixels, order, lost=2)
    assert tokens.shape == (2, 10, 320)
    # A patch that leaves in the first layer is seen by that layer's attention only.
    blocks = student.vit.blocks
    seen = [16, 14, 12]
    lengths = []
    for block in blocks:
        block.attn.register_forward_hook(
            lambda _module, inputs, _out: lengths.append(inputs[0].shape[1] - 1)
        )
    student(pixels, order, lost=2)
    assert lengths == seen
    assert not torch.allclose(logits, student(pixels)[0])


@pytest.mark.parametrize(
    ("share", "patches", "depth", "expected"),
    [(0.0, 196, 12, 0), (0.49, 196, 12, 8), (1.0, 196, 12, 16), (0.9, 3, 2, 1)],
)
def test_at_least_one_patch_is_left(
    program: SimpleNamespace, share: float, patches: int, depth: int, expected: int
) -> None:
    lost = program.dropping.lost_per_layer(share, patches, depth)
    assert lost == expected
    assert patches - lost * depth >= 1


def test_patches_are_left_out_in_three_ways(program: SimpleNamespace) -> None:
    dropping = program.dropping
    generator = torch.Generator().manual_seed(0)
    features = torch.zeros(64, 5, 4, 4)
    features[:, 0, :, :2], features[:, 1, :, 2:] = 1, 1  # two halves, unlike each other

    def alike(ranking: object) -> float:
        """How often the neighbour to the right is on the same side of the cut."""
        order = dropping.rank_patches(ranking, 64, 8, generator, features)
        assert torch.equal(order.sort(1).values, torch.arange(64).expand(64, -1))
        late = torch.zeros(64, 64).scatter_(1, order[:, 32:], 1).view(64, 8, 8)
        return (late[:, :, 1:] == late[:, :, :-1]).float().mean().item()

    kinds = dropping.Ranking
    assert alike(kinds.SCATTERED) == pytest.approx(0.5, abs=0.05)
    assert alike(kinds.REGIONS) > 0.7
    assert alike(kinds.LOOKALIKES) > 0.8
    drawn = {dropping.draw_ranking(generator, features) for _ in range(50)}
    assert drawn == set(kinds)
    drawn = {dropping.draw_ranking(generator, None) for _ in range(50)}
    assert drawn == {kinds.SCATTERED, kinds.REGIONS}


def test_whitening_evens_out_the_patches(program: SimpleNamespace) -> None:
    pixels = torch.randint(0, 256, (64, 3, 16, 16), dtype=torch.uint8)
    photos = program.data.Photos(pixels, torch.zeros(64, dtype=torch.int64), ())
    proj = torch.nn.Conv2d(3, 192, 8, stride=8).requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    program.student.whitened_patches(proj, photos, 16, generator)
    inputs = program.data.normalise(
        pixels / 255, program.student.MEAN, program.student.STD
    )
    out = proj(inputs).permute(1, 0, 2, 3).flatten(1)
    covariance = torch.cov(out)
    assert out.mean(1).abs().max() < 1e-3
    assert (covariance - torch.diag(covariance.diag())).abs().max() < 0.1


def test_a_whole_box_is_the_whole_photograph(program: SimpleNamespace) -> None:
    pixels = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    whole = torch.tensor([[0.0, 0, 1, 1], [0, 0, -1, 1]])
    out = program.data.crop(pixels, whole, 16) * 255
    torch.testing.assert_close(out[0], pixels[0].float(), atol=1e-2, rtol=0)
    torch.testing.assert_close(out[1], pixels[1].flip(-1).float(), atol=1e-2, rtol=0)
    half = program.data.crop(pixels, whole, 8) * 255
    means = torch.nn.functional.avg_pool2d(pixels.float(), 2)
    torch.testing.assert_close(half[0], means[0], atol=1e-2, rtol=0)


def test_random_boxes_stay_inside(program: SimpleNamespace) -> None:
    boxes = program.data.random_boxes(500, torch.Generator().manual_seed(0))
    x, y, width, height = boxes.unbind(1)
    assert bool(((x.abs() + width.abs()) <= 1 + 1e-6).all())
    assert bool(((y.abs() + height) <= 1 + 1e-6).all())
    assert 0.3 < (width < 0).float().mean() < 0.7


@pytest.mark.parametrize("text", ["0.1:32:4:1", "0:32:4:1,0.5:16:4:1,0.5:32:4:1"])
def test_phases_must_start_at_zero_and_rise(
    program: SimpleNamespace, text: str
) -> None:
    with pytest.raises(ValueError, match="rise"):
        program.schedule.parse_phases(text)


def test_clock_reaches_the_end_after_a_pause(
    program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(program.schedule.time, "time", lambda: now)
    clock = program.schedule.Clock(None, finish=100.0)
    for _ in range(30):
        now += 1
        clock.tick()
    assert clock.progress == pytest.approx(0.3)
    now += 40  # stopped for a while
    before = clock.progress
    clock.tick()
    assert clock.progress - before < 0.1
    while now < 100:
        now += 1
        clock.tick()
    assert clock.progress == pytest.approx(1)


def test_learning_rate_rises_then_falls(program: SimpleNamespace) -> None:
    rates = [program.schedule.learning_rate(p / 100) for p in range(101)]
    assert rates.index(max(rates)) == 3
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[-1] == pytest.approx(0.01)
