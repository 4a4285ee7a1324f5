"""Fetching from the hub, against a small hub of our own on this machine."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save

from gtp_core.network.backbones import hub, zoo
from gtp_core.network.backbones.create import create_backbone
from gtp_core.network.backbones.hub import HubError, fetch
from gtp_core.network.backbones.weights import WeightsError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves `files` ("owner/model/file" -> content) as the real hub does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.downloads: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def do_GET(self) -> None:
        self._answer(with_content=True)

    def _answer(self, with_content: bool) -> None:
        model, _, file = self.path.removeprefix("/").partition("/resolve/main/")
        content = self.server.files.get(f"{model}/{file}")
        known = any(path.startswith(f"{model}/") for path in self.server.files)
        self.send_response(404 if content is None and model else 200)
        if model and content is None:
            code = "EntryNotFound" if known else "RepoNotFound"
            self.send_header("X-Error-Code", code)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{abs(hash(content)):x}"')
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        if with_content and content is not None:
            self.server.downloads.append(file)
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def unused_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_downloads_once_and_then_reads_the_cache(served: Hub, tmp_path: Path) -> None:
    served.files["timm/small/model.safetensors"] = b"x" * 3_000_000
    get = partial(fetch, "timm/small", ("model.safetensors",), cache=tmp_path)
    path = get(endpoint=served.address)
    assert path.read_bytes() == b"x" * 3_000_000
    assert get(endpoint=unused_address()) == path
    assert served.downloads == ["model.safetensors"]


def test_download_reports_its_progress(served: Hub, tmp_path: Path) -> None:
    served.files["timm/small/model.safetensors"] = b"x" * 5_000_000
    heard: list[tuple[float | None, str]] = []
    fetch(
        "timm/small",
        ("model.safetensors",),
        lambda fraction, text: heard.append((fraction, text)),
        cache=tmp_path,
        endpoint=served.address,
    )
    fractions = [fraction for fraction, _ in heard if fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(text.startswith("Downloading timm/small") for _, text in heard)
    assert any("5 MB" in text for _, text in heard)


def test_takes_the_next_file_where_the_first_is_absent(
    served: Hub, tmp_path: Path
) -> None:
    served.files["timm/old/pytorch_model.bin"] = b"old"
    names = ("model.safetensors", "pytorch_model.bin")
    path = fetch("timm/old", names, cache=tmp_path, endpoint=served.address)
    assert path.read_bytes() == b"old"


def test_says_what_the_hub_does_not_have(served: Hub, tmp_path: Path) -> None:
    served.files["timm/other/README.md"] = b"nothing"
    get = partial(
        fetch,
        filenames=("model.safetensors",),
        cache=tmp_path,
        endpoint=served.address,
    )
    with pytest.raises(HubError, match="timm/other has none of the files model"):
        get("timm/other")
    with pytest.raises(HubError, match="no public model timm/absent"):
        get("timm/absent")


def test_an_unreachable_hub_is_noticed_at_once_and_quietly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    address = unused_address()
    start = time.perf_counter()
    with caplog.at_level(logging.WARNING), pytest.raises(HubError, match=address):
        fetch("timm/small", ("a", "b"), cache=tmp_path, endpoint=address)
    assert time.perf_counter() - start < 3
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_hub_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(HubError, match="cannot be reached"):
            fetch("timm/small", ("a",), cache=tmp_path, endpoint=address)


def test_offline_by_choice_is_respected(
    served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.files["timm/small/model.safetensors"] = b"x"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE"):
        fetch("timm/small", ("a",), cache=tmp_path, endpoint=served.address)
    assert served.downloads == []


NAME = "deit_tiny_patch16_224"


@pytest.fixture
def no_torch_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch"


@pytest.mark.usefixtures("no_torch_cache")
def test_create_backbone_with_pretrained_weights(
    served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = create_backbone(NAME, weights=None, seed=5)
    file = f"timm/{NAME}.fb_in1k/model.safetensors"
    served.files[file] = save(trained.state_dict())
    reach = partial(fetch, cache=tmp_path, endpoint=served.address)
    monkeypatch.setattr(zoo, "fetch", reach)
    vit = create_backbone(NAME)
    assert torch.equal(vit.head.weight, trained.head.weight)
    assert (vit.is_random, vit.weights_source) == (False, "hub")
    assert vit.weights_note == (
        f"Pretrained weights timm/{NAME}.fb_in1k from the Hugging Face hub."
    )
    assert len(vit.class_names) == 1000
    assert vit.class_names[1] == "goldfish"
    assert vit.class_names[638:640] == ("maillot", "maillot, tank suit")


@pytest.mark.usefixtures("no_torch_cache")
def test_create_backbone_offers_the_choice_when_weights_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    reach = partial(fetch, cache=tmp_path, endpoint=unused_address())
    monkeypatch.setattr(zoo, "fetch", reach)
    with pytest.raises(WeightsError) as refusal:
        create_backbone(NAME)
    message = str(refusal.value)
    assert message.startswith(f"The pretrained weights of {NAME} are not in the cache")
    assert "cannot be reached" in message
    assert "local file (.safetensors, .pth or .npz) or choose random" in message
    assert "\n" not in message


def test_create_backbone_takes_what_timm_fetched_from_the_original_address(
    no_torch_cache: Path,
) -> None:
    trained = create_backbone(NAME, weights=None, seed=5)
    folder = no_torch_cache / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save({"model": trained.state_dict()}, folder / f"{NAME}-a1311bcf.pth")
    vit = create_backbone(NAME)
    assert torch.equal(vit.head.weight, trained.head.weight)
    assert "from torch's cache" in vit.weights_note
