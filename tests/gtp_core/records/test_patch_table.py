"""The story of a patch as a table."""

from __future__ import annotations

from gtp_core.records.patch_facts import patch_facts
from gtp_core.records.patch_table import as_text, story_table
from gtp_core.records.words import SPACE, percent
from tests.gtp_core.traces import gtp_trace, tome_trace

TRACE = gtp_trace()
LINKS = TRACE.layers[1].links
PATCH = int(LINKS.source[0])


def test_the_table_tells_all_that_the_record_holds() -> None:
    facts = patch_facts(TRACE, 1, PATCH)
    rows = story_table("GTP", TRACE, facts)
    by_name = {row[0]: row[1:] for row in rows}
    row, column = divmod(PATCH, TRACE.grid[1])
    assert by_name["patch"] == (str(PATCH), f"row {row + 1}", f"column {column + 1}")
    assert by_name["layer"] == ("2 of 4",)
    assert by_name["status"] == (facts.fate,)
    assert by_name["cut"][0].startswith("leaves by ")
    assert {"score", "rank", "factor: hard", "factor: broad"} <= set(by_name)
    handed = [row for row in rows if row[0] == "hands on to"]
    assert handed == [("hands on to", f"patch {t}", percent(s)) for t, s in facts.links]
    assert len(handed) == int((LINKS.source == PATCH).sum())
    assert facts.around is not None
    assert len([r for r in rows if r[0] == "neighbour"]) == len(facts.around)
    assert by_name["content lost"] == (percent(facts.lost),)


def test_each_layer_says_what_is_held_then() -> None:
    rows = story_table("GTP", TRACE, patch_facts(TRACE, 1, PATCH))
    layers = [row for row in rows if row[0].startswith("after layer")]
    held = [f"{percent(float(TRACE.held(n)[PATCH]))} held" for n in range(4)]
    assert [row[1] for row in layers] == held


def test_other_panes_say_where_they_have_the_content() -> None:
    facts, other = patch_facts(TRACE, 1, PATCH), patch_facts(tome_trace(), 1, 0)
    rows = story_table("GTP", TRACE, facts, [("GTP", facts), ("ToMe", other)])
    now = [row[1:] for row in rows if row[0] == "content now"]
    assert now == [
        ("GTP", facts.where, f"patch {PATCH}"),
        ("ToMe", other.where, "patch 0"),
    ]


def test_a_token_of_merged_patches_says_what_it_is_made_of() -> None:
    rows = story_table("ToMe", tome_trace(), patch_facts(tome_trace(), 1, 1))
    made = [row[1:] for row in rows if row[0] == "made of"]
    assert made == [("patch 0", percent(0.5)), ("patch 1", percent(0.5))]
    assert [row for row in rows if row[0] == "note"]


def test_the_text_can_be_pasted_into_a_spreadsheet() -> None:
    text = as_text(story_table("GTP", TRACE, patch_facts(TRACE, 1, PATCH)))
    assert SPACE not in text
    lines = text.splitlines()
    assert lines[0] == "method\tGTP"
    assert lines[2].split("\t")[:2] == ["patch", str(PATCH)]
