"""The ``gtp`` command as people and scripts use it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gtp_core.assets import asset
from gtp_core.commands import cli, predict
from gtp_core.measuring import timing
from gtp_core.records import report
from gtp_core.records.trace_file import load_trace

RANDOM = ("--weights", "random", "--device", "cpu")
CAT = str(asset("photos/cat.jpg"))


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command's log goes to a file of this test and is closed after it."""
    monkeypatch.setenv("GTP_VIEWER_LOG", str(tmp_path / "log" / "gtp.log"))
    root = logging.getLogger()
    before, threads = list(root.handlers), torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    logging.captureWarnings(False)
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()


class Ran:
    """What a run of the command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def gtp(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command in this process."""

    def run(*arguments: object) -> Ran:
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two small photos and a broken one between them."""
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a.png", "c.png"):
        pixels = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
    (folder / "b.jpg").write_bytes(b"no image")
    return folder


# --- usage -----------------------------------------------------------------------

NO_TORCH = """
import sys
from gtp_core.commands.cli import main
code = main(sys.argv[1:])
heavy = {"torch", "timm", "torchvision"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else code)
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["trace", "--help"], 0),
        (["models"], 0),
        (["models", "--json"], 0),
        ([], 2),
        (["nonsense"], 2),
        (["predict"], 2),
        (["predict", CAT, "--method", "gtp:P=-1"], 2),
        (["predict", CAT, "--method", "gtp:P=1/2/3"], 2),
        (["predict", CAT, "--method", "floor:K=8"], 2),
        (["flops", "--method", "magic"], 2),
        (["profile", "--rounds", "0"], 2),
        (["trace", CAT, "--layer", "0"], 2),
        (["predict", "/no/such/photo.jpg"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_what_needs_no_network_never_loads_torch(
    arguments: list[str], code: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_TORCH, *arguments], capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("gtp")
    else:
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", CAT, "--method", "gtp:P=-1"], "allowed: a whole number >= 0"),
        (["predict", CAT, "--method", "gtp:P=1/2"], "12 of them, one per layer"),
        (["predict", CAT, "--method", "floor:K=8"], "timing reference"),
        (["predict"], "Give at least one file or folder"),
        (["flops", "--json", "x.png"], "ends in .json"),
        (["flops", "--model", "resnet50"], "resnet50"),
        (["trace", CAT, "--layer", "13", *RANDOM], "the network has 12 layers"),
        (["predict", CAT, "--model", "vit_small_patch14_dinov2", *RANDOM], "classif"),
    ],
    ids=lambda value: " ".join(value[:4]) if isinstance(value, list) else None,
)
def test_wrong_usage_says_what_is_wrong(
    gtp: Any, arguments: list[str], words: str
) -> None:
    ran = gtp(*arguments)
    assert ran.code == 2
    assert words in ran.err.splitlines()[-1]


def test_models_lists_names_and_facts(gtp: Any) -> None:
    models = gtp("models", "--json").report["models"]
    by_name = {model["name"]: model for model in models}
    assert by_name["deit_small_patch16_224"]["depth"] == 12
    assert "deit_small_patch16_224" in gtp("models").out


# --- predict ---------------------------------------------------------------------


def test_predict_shows_methods_side_by_side(gtp: Any) -> None:
    ran = gtp("predict", CAT, *RANDOM, "--method", "gtp:P=4", "--method", "tome:r=4")
    assert ran.code == 0
    assert "cat.jpg  451 × 300 pixels" in ran.out
    for text in ("unpruned", "gtp:P=4", "tome:r=4"):
        assert text in ran.out.splitlines()[1]
    assert ran.err.count("\n") == 1
    assert "warning" in ran.err


def test_predict_as_json_is_alone_on_standard_output(gtp: Any) -> None:
    found = gtp("predict", CAT, *RANDOM, "--json").report
    assert (found["kind"], found["version"]) == ("predict", 1)
    assert found["random_weights"] is True
    results = found["images"][0]["results"]
    assert [result["method"] for result in results] == [
        "unpruned",
        "gtp:P=8",
        "tome:r=8",
    ]
    for result in results:
        shares = [entry["probability"] for entry in result["top"]]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1
        same = result["top"][0]["class"] == results[0]["top"][0]["class"]
        assert result["agrees"] == same


def test_nothing_removed_changes_nothing(gtp: Any) -> None:
    found = gtp("predict", CAT, *RANDOM, "--method", "gtp:P=0", "--json").report
    truth, idle = found["images"][0]["results"]
    for left, right in zip(truth["top"], idle["top"], strict=True):
        assert left["class"] == right["class"]
        assert left["probability"] == pytest.approx(right["probability"], abs=1e-5)


def test_a_broken_image_is_named_and_the_others_go_on(gtp: Any, photos: Path) -> None:
    ran = gtp("predict", photos, photos / "none.png", *RANDOM, "--json")
    assert ran.code == 1
    assert [image["photo"] for image in ran.report["images"]] == ["a.png", "c.png"]
    messages = [failure["message"] for failure in ran.report["failures"]]
    assert len(messages) == 2
    assert any("b.jpg is not an image" in message for message in messages)
    assert any("none.png does not exist" in message for message in messages)
    for message in messages:
        assert message in ran.err


def test_a_folder_without_images_is_said(gtp: Any, tmp_path: Path) -> None:
    ran = gtp("predict", tmp_path, *RANDOM)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no image in" in ran.err


def test_json_goes_to_a_file_beside_the_text(gtp: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    ran = gtp("predict", CAT, *RANDOM, "--json", file)
    assert "cat.jpg" in ran.out
    assert report.load_json(file, "predict")["images"][0]["photo"] == "cat.jpg"


def test_json_never_overwrites_a_photo(gtp: Any, photos: Path) -> None:
    before = (photos / "a.png").read_bytes()
    found = gtp("predict", *RANDOM, "--json", photos / "a.png", photos / "c.png").report
    assert [image["photo"] for image in found["images"]] == ["a.png", "c.png"]
    assert (photos / "a.png").read_bytes() == before


def test_a_file_that_cannot_be_written_is_named(gtp: Any) -> None:
    ran = gtp("flops", "--json", "/no/such/folder/out.json")
    assert ran.code == 1
    assert "/no/such/folder/out.json cannot be written" in ran.err
    assert ran.out == ""


def test_weights_that_cannot_be_had_are_said_in_one_line(
    gtp: Any, tmp_path: Path
) -> None:
    ran = gtp("predict", CAT, "--weights", tmp_path / "none.safetensors")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "none.safetensors" in ran.err


def test_without_the_hub_the_way_out_is_shown(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path),
        "TORCH_HOME": str(tmp_path),
    }
    arguments = ["predict", CAT, "--model", "deit_tiny_patch16_224"]
    done = subprocess.run(
        [sys.executable, "-m", "gtp_core", *arguments],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "--weights FILE or --weights random" in done.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_said(gtp: Any) -> None:
    ran = gtp("predict", CAT, "--weights", "random", "--device", "cuda")
    assert ran.code == 1
    assert "no cuda device" in ran.err


# --- trace -----------------------------------------------------------------------


def test_trace_writes_table_npz_and_picture(gtp: Any, tmp_path: Path) -> None:
    npz, png = tmp_path / "out.npz", tmp_path / "out.png"
    ran = gtp("trace", CAT, *RANDOM, "--npz", npz, "--png", png, "--layer", 3)
    assert ran.code == 0
    trace = load_trace(npz)
    assert (trace.method, trace.grid, len(trace.layers)) == ("gtp:P=8", (14, 14), 12)
    table, tokens = ran.out.split("\n\n  layer 3, token by token\n")
    assert len(table.splitlines()) == 3 + 12 + 2
    listed = [int(line.split()[0]) for line in tokens.splitlines()[2:]]
    assert listed == trace.layers[2].removed.tolist()
    with Image.open(png) as picture:
        assert picture.width > 1000


def test_several_traces_go_into_a_folder(gtp: Any, photos: Path) -> None:
    out = photos.parent / "traces"
    methods = ("--method", "gtp:P=4", "--method", "tome:r=4")
    ran = gtp("trace", photos, *RANDOM, *methods, "--npz", out, "--json")
    assert ran.code == 1  # of the broken photo
    assert sorted(path.name for path in out.iterdir()) == [
        "a.png.gtp_P=4.npz",
        "a.png.tome_r=4.npz",
        "c.png.gtp_P=4.npz",
        "c.png.tome_r=4.npz",
    ]
    record = ran.report["traces"][0]
    assert [len(layer["removed"]) for layer in record["layers"]] == [4] * 12


def test_several_traces_do_not_fit_into_one_file(gtp: Any, photos: Path) -> None:
    ran = gtp("trace", photos, *RANDOM, "--png", photos.parent / "one.png")
    assert ran.code == 2
    assert "give --png a folder" in ran.err


# --- flops -----------------------------------------------------------------------


def test_flops_are_those_of_the_published_table(gtp: Any) -> None:
    found = gtp("flops", "--model", "deit_small_patch16_224", "--json").report
    totals = {entry["method"]: entry["total"] / 1e9 for entry in found["methods"]}
    assert totals["unpruned"] == pytest.approx(4.6, rel=0.02)
    assert totals["gtp:P=8"] == pytest.approx(3.4, rel=0.02)
    for entry in found["methods"]:
        parts = sum(
            layer["attention"] + layer["mlp"] + layer["overhead"]
            for layer in entry["layers"]
        )
        rest = entry["setup"] + entry["embedding"] + entry["head"]
        assert entry["total"] == parts + rest


def test_a_clamped_schedule_is_said(gtp: Any) -> None:
    ran = gtp("flops", "--method", "gtp:P=30@5-11", "--json")
    assert ran.code == 0
    assert (
        "GTP P=30@5-11 asks for 210 tokens to leave, but only 195 can: "
        "layer 11 has too few." in ran.err
    )
    reduced = ran.report["methods"][1]
    assert reduced["requested"] != reduced["schedule"]
    assert sum(reduced["schedule"]) == 195


# --- profile ---------------------------------------------------------------------


def test_profile_compares_with_the_unpruned_network(gtp: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    ran = gtp("profile", "--method", "gtp:P=8", "--rounds", 10, "--device", "cpu",
              "--json", file)  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "batch 1, float32" in ran.out
    found = report.load_json(file, "profile")
    names = [entry["method"] for entry in found["samples"]]
    assert names == ["unpruned", "gtp:P=8", "floor:K=8"]
    for entry in found["samples"]:
        assert len(entry["seconds"]) == 10
        low, high = entry["quartile_seconds"]
        assert 0 < low <= entry["median_seconds"] <= high
    words = {"faster": "% faster than", "slower": "% slower than",
             "same": "As fast as", "undecided": "No difference from"}  # fmt: skip
    assert words[found["comparisons"][0]["verdict"]] in ran.out
    assert found["environment"]["threads"] >= 1


def test_profile_says_what_it_ran_in(gtp: Any) -> None:
    ran = gtp("profile", "--method", "unpruned", "--rounds", 1, "--device", "cpu",
              "--precision", "bfloat16", "--json")  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.report["precision"] == "bfloat16"
    assert [entry["method"] for entry in ran.report["samples"]] == ["unpruned"]


def test_an_execution_that_cannot_be_had_is_said(gtp: Any) -> None:
    ran = gtp("profile", "--device", "cpu", "--execution", "graph")
    assert (ran.code, ran.out) == (1, "")
    assert "needs a CUDA device" in ran.err


# --- evaluate --------------------------------------------------------------------


def test_evaluate_counts_labelled_folders(gtp: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder in ("n01443537", "tiger_shark", "holiday"):
        (tmp_path / "val" / folder).mkdir(parents=True)
        for number in range(2):
            pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            name = f"{number}.png"
            Image.fromarray(pixels).save(tmp_path / "val" / folder / name)

    ran = gtp(
        "evaluate", tmp_path / "val", "--model", "deit_tiny_patch16_224", *RANDOM,
        "--method", "gtp:P=0", "--method", "topk:K=8", "--batch", 4, "--json",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert "2 images have no folder named after a class" in ran.err
    found = ran.report
    assert (found["images"], found["labelled"]) == (6, 4)
    truth, idle, reduced = found["methods"]
    assert (truth["agreement"], truth["kl_nats"], truth["macs_ratio"]) == (1, 0, 1)
    assert idle["agreement"] == 1
    assert idle["kl_nats"] == pytest.approx(0, abs=1e-6)
    assert idle["top1"] == truth["top1"]
    assert reduced["kl_nats"] > 0
    assert reduced["macs_ratio"] < 0.8


def test_evaluate_prints_markdown(gtp: Any, photos: Path) -> None:
    ran = gtp("evaluate", photos / "a.png", *RANDOM, "--markdown")
    assert ran.code == 0
    assert "| method | top-1 | top-5 | same answer |" in ran.out
    assert "| unpruned | – | – | 100.00 % | 0.0000 |" in ran.out


def test_evaluate_without_a_usable_image_fails(gtp: Any, photos: Path) -> None:
    ran = gtp("evaluate", photos / "b.jpg", *RANDOM)
    assert ran.code == 1
    assert "none of the images can be used" in ran.err


# --- interruptions and surprises ---------------------------------------------------

INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from gtp_core.commands.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_ctrl_c_ends_long_work_in_one_line() -> None:
    arguments = ["profile", "--rounds", "1000000", "--method", "gtp:P=100"]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "asked for 100 tokens" in process.stderr.readline()  # work has begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "gtp profile: interrupted.\n")


def test_a_reader_that_leaves_causes_no_complaint() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gtp_core", "models"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)


def test_a_surprise_is_one_line_and_its_traceback_is_in_the_log(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(_options: object) -> int:
        raise RuntimeError("the sky fell\nin two lines")

    monkeypatch.setattr(predict, "run", surprise)
    ran = gtp("predict", CAT)
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "the sky fell" in ran.err
    log = (tmp_path / "log" / "gtp.log").read_text()
    assert "Traceback" in log
    assert "in two lines" in log


def copies(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Path(CAT).read_bytes())
    return paths


def test_photos_of_one_name_have_a_result_each(gtp: Any, tmp_path: Path) -> None:
    copies(tmp_path / "in", "a/1.jpg", "b/1.jpg", "b/2.jpg")
    out = tmp_path / "out"
    ran = gtp("trace", str(tmp_path / "in"), "--npz", str(out), *RANDOM)
    assert ran.code == 0, ran.err
    found = sorted(str(path.relative_to(out)) for path in out.rglob("*.npz"))
    assert found == [
        f"{name}.gtp_P=8.npz" for name in ("a/1.jpg", "b/1.jpg", "b/2.jpg")
    ]
    assert f"written: {out / found[0]}" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["own.png", "--png", "own.png"], "--png is own.png, which is one of the im"),
        (["in", "--png", "in/1.png"], "--png is in/1.png, which is one of the image"),
        (["in", "--png", "in"], "--png is in, which is one of the images"),
        (["own.png", "--json", "x.npz", "--npz", "x.npz"], "which --json is to write"),
        (["own.png", "--png", "-"], "PNG does not go to -"),
        (["own.png", "--png", "out.jpg"], "give a file that ends in .png, or a fold"),
    ],
)
def test_no_result_replaces_a_photo_or_another_result(
    gtp: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    own, _ = copies(tmp_path, "own.png", "in/1.png")
    before = own.read_bytes()
    ran = gtp("trace", *arguments, *RANDOM)
    assert ran.code == 2
    assert words in ran.err
    assert own.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "log") == [
        "in",
        "own.png",
    ]


def test_json_replaces_no_file_of_another_kind(gtp: Any, tmp_path: Path) -> None:
    (photo,) = copies(tmp_path, "IMG_1.HEIC")
    ran = gtp("predict", "--json", str(photo), CAT, *RANDOM)
    assert ran.code == 2
    assert f"--json would replace {photo}" in ran.err
    assert photo.read_bytes() == Path(CAT).read_bytes()


def test_what_is_not_a_number_is_no_answer(gtp: Any) -> None:
    for command in ("predict", "trace", "evaluate"):
        method = ("--method", "gtp:P=8,alpha=1e38")
        ran = gtp(command, CAT, *method, "--device", "cpu")
        assert ran.code == 1, command
        assert "not a number" in ran.err or "not numbers" in ran.err


def test_a_network_without_classes_is_refused_before_its_weights(gtp: Any) -> None:
    ran = gtp("predict", CAT, "--model", "vit_small_patch14_dinov2")
    assert ran.code == 2
    assert "has no classifier" in ran.err


def test_json_holds_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    odd = tmp_path / "latin\udce9.jpg"
    try:
        odd.write_bytes(Path(CAT).read_bytes())
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    report_file = tmp_path / "out.json"
    command = [sys.executable, "-m", "gtp_core", "predict", str(odd)]
    options = ["--method", "unpruned", *RANDOM]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    for more in (["--json"], ["--json", str(report_file)]):
        done = subprocess.run(
            [*command, *options, *more],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        text = report_file.read_bytes() if report_file.exists() else done.stdout
        assert json.loads(text.decode())["images"][0]["path"] == str(odd)


def test_an_interrupted_profile_tells_what_was_measured(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(runs: list[Any], *_: object) -> Iterator[tuple[int, int, float]]:
        for number in range(11):
            yield from ((method, number, 0.01) for method in range(len(runs)))
        yield 0, 11, 0.01
        raise KeyboardInterrupt

    monkeypatch.setattr(timing, "measure", interrupted)
    file = tmp_path / "out.json"
    ran = gtp("profile", "--rounds", "20", "--json", str(file), *RANDOM)
    assert ran.code == 130
    assert "11 rounds, interleaved" in ran.out
    assert ran.err.endswith("gtp profile: interrupted.\n")
    assert report.load_json(file, "profile")["model"] == "demo"


def test_too_few_rounds_for_a_verdict_are_said_at_once(gtp: Any) -> None:
    ran = gtp("profile", "--rounds", "2", "--method", "gtp:P=8", *RANDOM)
    assert "2 rounds are too few for a verdict; it takes 10 or more." in ran.err


def test_an_empty_name_is_not_the_current_folder(gtp: Any) -> None:
    ran = gtp("predict", "")
    assert ran.code == 2
    assert "an empty name is no image" in ran.err
