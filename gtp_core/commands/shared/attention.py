"""``--attention``: how the layers' attention is computed, for all methods alike."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gtp_core.commands.shared.errors import UsageError
from gtp_core.files import shown_path
from gtp_core.records import report

if TYPE_CHECKING:
    from gtp_core.network.attention_policy import AttentionPolicy


def add_attention(parser: argparse.ArgumentParser) -> None:
    """``--attention``."""
    parser.add_argument(
        "--attention",
        default="measured",
        metavar="measured|fused|explicit|FILE",
        help="how attention is computed. measured: the faster way for each shape. "
        "fused: without holding the attention map, unless the method reads it. "
        "explicit: always with the map. FILE: as in an earlier report of gtp profile "
        "(default: measured)",
    )


def attention_policy(text: str) -> AttentionPolicy:
    """The policy that ``--attention`` asks for; raises UsageError for a bad one."""
    from gtp_core.network.attention_policy import MODES, AttentionPolicy

    if text in MODES:
        return AttentionPolicy(text)
    try:
        return AttentionPolicy(pinned=_choices(Path(text)))
    except ValueError as error:
        raise UsageError(f"argument --attention: {error}") from None


def _choices(file: Path) -> dict[str, str]:
    """What was chosen in the measurement that `file` reports."""
    found: Any = report.load_json(file, "profile").get("attention_choices")
    if not isinstance(found, dict):
        raise ValueError(f"{shown_path(file)} does not say how attention was computed.")
    return found
