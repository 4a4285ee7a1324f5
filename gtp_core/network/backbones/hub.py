"""Pretrained weights from the Hugging Face hub: from its cache, else downloaded."""

from __future__ import annotations

import inspect
import io
import logging
import queue
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

Progress = Callable[["float | None", str], None]
"""Called with a fraction in 0..1 (None while unknown) and what is being done."""

_PATIENCE = 5.0
"""Seconds after which a hub that has not answered counts as out of reach."""


class HubError(Exception):
    """A file is neither in the cache nor to be had from the hub. The text says why."""


def fetch(
    repository: str,
    filenames: tuple[str, ...],
    progress: Progress | None = None,
    cache: Path | None = None,
    endpoint: str | None = None,
) -> Path:
    """The first of `filenames` that `repository` has, from the cache or the hub.

    `repository` may carry a revision after an ``@``. Raises HubError within about
    ten seconds when there is no way to have the file.
    """
    from huggingface_hub import constants

    repository, _, revision = repository.partition("@")
    where: dict[str, Any] = {
        "repo_id": repository,
        "revision": revision or None,
        "cache_dir": cache,
    }
    with _quiet():
        for filename in filenames:
            path = _cached(filename, where)
            if path is not None:
                return path
        address = endpoint or constants.ENDPOINT
        if constants.HF_HUB_OFFLINE:
            raise HubError("the hub may not be used (HF_HUB_OFFLINE is set)")
        if not _answers(address):
            raise HubError(f"{address} cannot be reached")
        where["endpoint"] = endpoint
        return _download_first(filenames, where, progress)


def _cached(filename: str, where: dict[str, Any]) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(filename=filename, **where)
    return Path(found) if isinstance(found, str) else None


def _download_first(
    filenames: tuple[str, ...], where: dict[str, Any], progress: Progress | None
) -> Path:
    for filename in filenames:
        path = _download_if_there(filename, where, progress)
        if path is not None:
            return path
    repository = where["repo_id"]
    raise HubError(f"{repository} has none of the files {', '.join(filenames)}")


def _download_if_there(
    filename: str, where: dict[str, Any], progress: Progress | None
) -> Path | None:
    """The downloaded file; None if the repository has no such file."""
    from huggingface_hub.errors import (
        EntryNotFoundError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    try:
        return _download(filename, where, progress)
    except LocalEntryNotFoundError as error:
        raise HubError("the connection to the hub broke") from error
    except RepositoryNotFoundError as error:
        raise HubError(f"the hub has no public model {where['repo_id']}") from error
    except EntryNotFoundError:
        return None
    except Exception as error:
        raise HubError(f"the download failed ({_first_line(error)})") from error


def _download(filename: str, where: dict[str, Any], progress: Progress | None) -> Path:
    from huggingface_hub import hf_hub_download

    text = f"Downloading {where['repo_id']}"
    report = progress or (lambda _fraction, _text: None)
    report(None, text)
    options: dict[str, Any] = {"filename": filename, "etag_timeout": _PATIENCE}
    if "tqdm_class" in inspect.signature(hf_hub_download).parameters:
        # older versions draw their own bar or none
        options["tqdm_class"] = _bar_that_reports(report, text)
    path = hf_hub_download(**options, **where)
    report(1.0, text)
    return Path(path)


def _bar_that_reports(report: Progress, text: str) -> type[tqdm[Any]]:
    """A tqdm class that calls `report` where a bar would be drawn."""

    class ReportingBar(tqdm):  # type: ignore[misc]
        # a bar that is never drawn needs no thread that watches it
        monitor_interval = 0

        def __init__(self, *values: Any, **options: Any) -> None:
            options.pop("name", None)
            options |= {"disable": False, "file": io.StringIO()}
            super().__init__(*values, **options)

        def display(self, *_values: Any, **_options: Any) -> bool:
            if self.total:
                done = min(self.n / self.total, 1.0)
                report(done, f"{text}: {self.n / 1e6:.0f} of {self.total / 1e6:.0f} MB")
            return True

    return ReportingBar


def _answers(address: str) -> bool:
    """True if the hub answers within its time limit, whatever it answers.

    It is asked in a thread: a name with many addresses is tried one by one, and each of
    them has its own time limit.
    """
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    answers: queue.Queue[bool] = queue.Queue()

    def ask() -> None:
        try:
            get_session().head(address, timeout=_PATIENCE)
            answers.put(True)
        except Exception:
            answers.put(False)

    threading.Thread(target=ask, name="hub-answers", daemon=True).start()
    try:
        return answers.get(timeout=_PATIENCE)
    except queue.Empty:
        return False


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the hub's own retry notices and warnings off standard error."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:160] if text else type(error).__name__
