"""Tables for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Table:
    """Rows of text under headings; columns named in `left` are aligned left."""

    def __init__(self, headings: Sequence[str], left: Iterable[int] = (0,)) -> None:
        self.headings = tuple(headings)
        self.rows: list[tuple[str, ...]] = []
        self._left = set(left)

    def add(self, *cells: object) -> None:
        """One more row; raises ValueError if it has another number of cells."""
        if len(cells) != len(self.headings):
            raise ValueError(f"{len(cells)} cells under {len(self.headings)} headings.")
        self.rows.append(tuple(str(cell) for cell in cells))

    def text(self, indent: str = "") -> str:
        """Aligned columns, two spaces apart, a rule below the headings."""
        widths = self._widths()
        rule = tuple("─" * width for width in widths)
        lines = (self._line(row, widths) for row in (self.headings, rule, *self.rows))
        return "\n".join(indent + line for line in lines)

    def markdown(self) -> str:
        """The same as a Markdown table."""
        marks = [
            ":--" if column in self._left else "--:"
            for column in range(len(self.headings))
        ]
        rows = [self.headings, marks, *self.rows]
        return "\n".join("| " + " | ".join(map(_escaped, row)) + " |" for row in rows)

    def _widths(self) -> list[int]:
        columns = zip(self.headings, *self.rows, strict=True)
        return [max(map(len, column)) for column in columns]

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        cells = (
            cell.ljust(width) if column in self._left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(cells).rstrip()


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def percent(share: float | None, digits: int = 1) -> str:
    """``0.834`` as ``83.4 %``; a dash where there is no number."""
    # Adding zero turns a rounded -0.0 into 0.0.
    return "–" if share is None else f"{round(100 * share, digits) + 0.0:.{digits}f} %"


def giga(macs: float) -> str:
    """Multiply-adds in units of 10⁹."""
    return f"{macs / 1e9:.3f} G"


def mega(macs: float) -> str:
    """Multiply-adds in units of 10⁶."""
    return f"{macs / 1e6:,.1f} M"
