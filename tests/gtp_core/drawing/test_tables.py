"""Tables and short notes for the terminal."""

from __future__ import annotations

import pytest

from gtp_core.drawing.tables import Table, giga, mega, percent


def table() -> Table:
    found = Table(("method", "ms"))
    found.add("gtp:P=8", "9.5")
    found.add("a|b", 10)
    return found


def test_columns_are_aligned() -> None:
    assert table().text("  ").splitlines() == [
        "  method    ms",
        "  ───────  ───",
        "  gtp:P=8  9.5",
        "  a|b       10",
    ]


def test_markdown_escapes_its_own_sign() -> None:
    assert table().markdown().splitlines() == [
        "| method | ms |",
        "| :-- | --: |",
        "| gtp:P=8 | 9.5 |",
        "| a\\|b | 10 |",
    ]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 cells under 2 headings"):
        table().add(1, 2, 3)


def test_numbers_carry_their_units() -> None:
    assert (percent(0.834), percent(None)) == ("83.4 %", "–")
    assert percent(-1e-9) == "0.0 %"
    assert (giga(4.6e9), mega(1.234e9)) == ("4.600 G", "1,234.0 M")
