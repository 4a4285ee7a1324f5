"""Words in figures, whatever letters they have."""

import pytest

from gtp_core.drawing import lettering


def test_letters_of_the_font_are_kept() -> None:
    assert lettering.printable("Größe α=0.1 × Ж") == "Größe α=0.1 × Ж"


@pytest.mark.parametrize("letter", ["\U0010ffff", "\udcff", "\U000e0fff"])
def test_letters_that_no_font_has_become_a_square(letter: str) -> None:
    assert lettering.printable(f"a{letter}b") == "a□b"


@pytest.mark.parametrize("space", ["\n", "\t", "\x1b", "\u2028"])
def test_a_name_stays_in_one_line(space: str) -> None:
    assert lettering.printable(f"a{space}b") == "a b"


def test_letters_that_are_never_seen_are_left_out() -> None:
    assert lettering.printable("a\N{ZERO WIDTH JOINER}b") == "ab"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert lettering.printable("u\N{COMBINING DIAERESIS}") == "ü"


def test_width_grows_with_size_and_length() -> None:
    assert lettering.width("mm", 20) == pytest.approx(2 * lettering.width("m", 20))
    assert lettering.width("m", 40) == pytest.approx(
        2 * lettering.width("m", 20), rel=0.05
    )


def test_long_words_are_elided() -> None:
    short = lettering.elided("x" * 500, 14, 200)
    assert short.endswith("…")
    assert 150 < lettering.width(short, 14) <= 200
    assert lettering.elided("short", 14, 200) == "short"


def test_lines_are_broken_between_words() -> None:
    lines = lettering.wrapped("many words " * 20, 14, 200)
    assert len(lines) > 5
    assert all(lettering.width(line, 14) <= 200 for line in lines)
    assert " ".join(lines).split() == ["many", "words"] * 20
