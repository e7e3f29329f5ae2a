from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from wallflower.domain.times import WallTime
from wallflower.store.connection import connect
from wallflower.store.migrations import migrate
from wallflower.store.salvage.older import older_voice
from wallflower.store.salvage.rebuild import TABLES
from wallflower.store.salvage.shapes import Column, Shape, shape_of

LINE = (None, "hall", 1, 2, "Hi.", '[["Hi.",0,500,900]]', None, None, "en", 1, "test", 1, 0)
VOICE = (None, "Anna", "anna", 1, 1, 2)
VOICE_PRINT = (None, 1, "ge2e", "hall", bytes(8), 1.5, 2)
LINE_PRINT = (None, "ge2e", bytes(4), bytes(16), bytes(1), 20.0, 0.5)
RENAMED = (None, "speaker_renamed", None, 1, None, 5, '{"name": "Anna", "known": true}')


@pytest.fixture
def shapes(path: Path) -> Iterator[dict[str, Shape]]:
    migrate(path, WallTime(0))
    database = connect(path)
    rowid_tables = [
        name
        for (name,) in database.execute_sql(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT wr AND schema = 'main'"
        ).fetchall()
        if name != "sqlite_schema"
    ]
    assert set(TABLES) <= set(rowid_tables)
    yield {table: shape_of(table, database) for table in rowid_tables}
    database.close()


def accept_the_same(one: Column, other: Column) -> bool:
    samples: tuple[Any, ...] = (None, 1, 0.5, "text", b"bytes")
    return any(one.takes(sample) and other.takes(sample) for sample in samples)


def required(shape: Shape) -> int:
    """Columns that every row has."""
    return sum(column.default is None for column in shape.columns)


def test_no_row_fits_two_tables(shapes: dict[str, Shape]) -> None:
    for one, other in permutations(shapes.values(), 2):
        for length in range(required(one), len(one.columns) + 1):
            same = required(other) <= length <= len(other.columns) and all(
                map(accept_the_same, one.columns[:length], other.columns)
            )
            assert not same, (one.table, other.table)


def test_a_row_gets_its_names_and_id(shapes: dict[str, Shape]) -> None:
    row = shapes["line"].row(17, LINE)
    assert row is not None
    assert (row["id"], row["stream_id"], row["speaker_id"]) == (17, "hall", None)


@pytest.mark.parametrize("broken", ['[["Hi.",0', "{}x", "[1]", '{"a": 1}', '[["a", "b", 1, 2]]'])
def test_a_line_whose_words_are_broken_keeps_its_text(
    shapes: dict[str, Shape], broken: str
) -> None:
    row = shapes["line"].row(1, (*LINE[:5], broken, *LINE[6:]))
    assert row is not None
    assert (row["text"], row["words"]) == ("Hi.", "[]")


def test_a_line_written_before_columns_were_added_gets_their_defaults(
    shapes: dict[str, Shape],
) -> None:
    row = shapes["line"].row(1, LINE[:11])
    assert row is not None
    assert (row["speaker_sure"], row["confirmed"]) == (1, 0)
    assert shapes["line"].row(1, LINE[:10]) is None


def test_prints_that_are_broken_are_left_out(shapes: dict[str, Shape]) -> None:
    assert shapes["voice_print"].row(1, VOICE_PRINT) is not None
    assert shapes["voice_print"].row(1, (*VOICE_PRINT[:4], b"odd", *VOICE_PRINT[5:])) is None
    assert shapes["line_print"].row(1, LINE_PRINT) is not None
    assert shapes["line_print"].row(1, (*LINE_PRINT[:3], b"odd", *LINE_PRINT[4:])) is None


def test_a_voice_of_the_first_schema_is_today_s_voice_and_its_print() -> None:
    old = (None, "ANNA", "a?na", 1, "ge2e", bytes(8), 1.5, 1, 2)
    found = older_voice(7, old)
    assert found is not None
    assert (found["voice"]["id"], found["voice"]["name_folded"]) == (7, "anna")
    assert (found["voice_print"]["voice_id"], found["voice_print"]["embedding"]) == (7, bytes(8))
    broken = older_voice(7, (*old[:5], b"odd", *old[6:]))
    assert broken is not None
    assert "voice_print" not in broken
    assert older_voice(7, VOICE) is None


def test_folded_names_are_made_anew(shapes: dict[str, Shape]) -> None:
    row = shapes["voice"].row(1, (None, "ANNA", "a?na", *VOICE[3:]))
    assert row is not None
    assert row["name_folded"] == "anna"


@pytest.mark.parametrize(
    "values",
    [
        (None, "unheard_of", 1, None, "hall", 5, None),
        (None, "line_committed", None, None, "hall", 5, None),
        (None, "line_deleted", 1, None, None, 5, None),
        (*RENAMED[:6], None),
        (*RENAMED[:6], "[]"),
        (*RENAMED[:6], '{"name"'),
        (None, "speaker_merged", None, 1, None, 5, "{}"),
        (None, "speaker_forgotten", None, None, None, 5, None),
    ],
)
def test_events_that_could_not_be_replayed_are_left_out(
    shapes: dict[str, Shape], values: tuple[Any, ...]
) -> None:
    assert shapes["journal"].row(1, RENAMED) is not None
    assert shapes["journal"].row(1, values) is None
