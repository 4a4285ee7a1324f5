"""What the system has to bring along: which of it is missing, and how to get it.

Libraries are looked for by loading them, not by asking a package manager, so that
the answer is right on every Linux. Installing is only tried on Debian and Ubuntu.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# Library -> Debian packages that may hold it, the newest name first.
OFFSCREEN = {
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
}
X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
}
WAYLAND = {
    "libwayland-cursor.so.0": ("libwayland-cursor0",),
    "libwayland-egl.so.1": ("libwayland-egl1",),
}
FONT = ("fonts-dejavu-core",)
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
)


def require(window: bool, venv: bool) -> None:
    """Sees to it that Qt can start, or exits with the command that would help.

    `window`: a window is to be shown, so that what the display needs counts as well;
    `venv`: a virtual environment is to be made.
    """
    libraries = _libraries(window)
    missing = missing_libraries(libraries)
    packages = [libraries[name] for name in missing]
    if missing:
        print("Qt needs system libraries that are missing:", ", ".join(missing))
    if venv and not importlib.util.find_spec("ensurepip"):
        # Debian keeps the part of venv that installs pip in a package of its own.
        print("Python's venv module is incomplete here.")
        packages.append((f"python3.{sys.version_info.minor}-venv", "python3-venv"))
    if packages or not has_font():
        _install(packages)
    still = missing_libraries(libraries)
    if still:
        sys.exit(f"Still missing after installing: {', '.join(still)}.")


def _libraries(window: bool) -> dict[str, tuple[str, ...]]:
    if not sys.platform.startswith("linux"):
        return {}
    if window and os.environ.get("DISPLAY"):
        return OFFSCREEN | X11
    if window and os.environ.get("WAYLAND_DISPLAY"):
        return OFFSCREEN | WAYLAND
    return OFFSCREEN


def _install(packages: list[tuple[str, ...]]) -> None:
    wanted = packages
    if not has_font():
        print("No font is installed: without one the window shows no text.")
        wanted = [*packages, FONT]
    sys.stdout.flush()
    if apt_install(wanted) or not packages:
        return
    sys.exit(
        "Please install what is missing, then try again. On Debian or Ubuntu:\n"
        f"    sudo apt-get install {' '.join(map(_best_name, wanted))}"
    )


def missing_libraries(wanted: dict[str, tuple[str, ...]]) -> list[str]:
    """Those of `wanted` that the dynamic linker does not find."""
    return [name for name in wanted if not _loads(name)]


def _loads(name: str) -> bool:
    # In a process of its own, because glibc remembers what it did not find.
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    try:
        ctypes.CDLL(name)
    except OSError:
        done = subprocess.run([sys.executable, "-c", code, name], capture_output=True)
        return done.returncode == 0
    return True


def has_font() -> bool:
    """Whether any scalable font is where fontconfig looks by default."""
    if not sys.platform.startswith("linux"):
        return True
    return any(
        path.suffix.lower() in (".ttf", ".otf", ".ttc")
        for folder in FONT_FOLDERS
        for path in Path(folder).expanduser().rglob("*")
    )


def apt_install(packages: list[tuple[str, ...]]) -> bool:
    """Installs one of each of `packages`; False where that is not possible."""
    prefix = _administrator()
    if shutil.which("apt-get") is None or prefix is None:
        return False
    # A foreign source that fails to update must not stop the rest.
    _run([*prefix, "apt-get", "update", "-qq"])
    names = map(_best_name, packages)
    install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq"]
    return _run([*prefix, *install, "-y", "--no-install-recommends", *names])


def _administrator() -> list[str] | None:
    """What to put before a command that changes the system; None if not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _best_name(names: tuple[str, ...]) -> str:
    """The first of `names` that this release knows; the last if it knows none."""
    for name in names[:-1]:
        with contextlib.suppress(FileNotFoundError):
            shown = subprocess.run(["apt-cache", "show", name], capture_output=True)
            if shown.returncode == 0 and shown.stdout:
                return name
    return names[-1]


def _run(command: list[str]) -> bool:
    print("+", " ".join(map(shlex.quote, command)), flush=True)
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0
