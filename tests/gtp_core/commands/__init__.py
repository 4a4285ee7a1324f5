"""The ``gtp`` command."""

from pathlib import Path

from gtp_core.assets import asset

CAT = str(asset("photos/cat.jpg"))
RANDOM = ("--weights", "random", "--device", "cpu")


def copies(folder: Path, *names: str) -> list[Path]:
    """Copies of a photo in `folder`."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Path(CAT).read_bytes())
    return paths
