"""The story of a patch as a table: rows of cells, for the clipboard and for readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gtp_core.records.genealogy import genealogy
from gtp_core.records.neighbours import KINDS
from gtp_core.records.patch_facts import PatchFacts, token_name
from gtp_core.records.patch_numbers import Share
from gtp_core.records.trace import Trace
from gtp_core.records.words import SPACE, digits, percent

Row = tuple[str, ...]
"""What it is about, then its value, then what belongs to it."""


def story_table(
    method: str,
    trace: Trace,
    facts: PatchFacts,
    elsewhere: Sequence[tuple[str, PatchFacts]] = (),
) -> list[Row]:
    """All that is known of a patch under `method`.

    `elsewhere` are the facts of the methods that are shown, by name: where each has
    the content now.
    """
    row, column = facts.place
    rows: list[Row] = [
        ("method", method),
        ("layer", f"{facts.layer + 1} of {len(trace.layers)}"),
        ("patch", str(facts.patch), f"row {row + 1}", f"column {column + 1}"),
        ("status", facts.fate),
        *_ranking(facts),
        *_around(facts),
    ]
    out = not facts.stays
    rows += _each("hands on to" if out else "receives from", facts, facts.links)
    rows += _each("content held by", facts, facts.holders)
    rows.append(("content lost", percent(facts.lost)))
    rows += _each("made of", facts, facts.made_of)
    if facts.by_construction:
        rows.append(("note", facts.by_construction))
    for name, other in elsewhere:  # their grids may be others
        rows.append(("content now", name, other.where, f"patch {other.patch}"))
    return [*rows, *_by_layer(trace, facts)]


def as_text(rows: Iterable[Row]) -> str:
    """Cells apart by tabs, rows by line breaks: what a spreadsheet takes."""
    lines = ("\t".join(row).replace(SPACE, " ") for row in rows)
    return "\n".join(lines) + "\n"


def _ranking(facts: PatchFacts) -> Iterator[Row]:
    if facts.score is not None:
        yield "score", digits(facts.score)
        for name, value in facts.factors:
            yield f"factor: {name}", digits(value)
        yield "rank", facts.rank_words
        yield "cut", facts.margin_words
    if facts.class_attention is not None:
        yield "class attention", digits(facts.class_attention)
    if facts.scale is not None:
        yield "token scale", digits(facts.scale)


def _around(facts: PatchFacts) -> Iterator[Row]:
    around = facts.around
    if around is None:
        return
    yield "graph", around.sentence, f"{facts.near} still tokens"
    triples = (around.ids.tolist(), around.kind.tolist(), around.weight.tolist())
    for token, kind, weight in zip(*triples, strict=True):
        yield "neighbour", str(token), KINDS[kind], digits(weight)


def _each(what: str, facts: PatchFacts, shares: Sequence[Share]) -> Iterator[Row]:
    for token, share in shares:
        yield what, token_name(token, facts.patches), percent(share)


def _by_layer(trace: Trace, facts: PatchFacts) -> Iterator[Row]:
    columns = genealogy(trace, facts.patch).columns
    for number, column in enumerate(columns[1:], start=1):
        held = f"{percent(column.total)} held"
        tokens = f"{len(column.tokens)} tokens"
        yield f"after layer {number}", held, f"{percent(column.lost)} lost", tokens
