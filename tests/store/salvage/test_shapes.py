from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from wallflower.domain.times import WallTime
from wallflower.store.connection import connect
from wallflower.store.migrations import migrate
from wallflower.store.salvage.rebuild import TABLES
from wallflower.store.salvage.shapes import Column, Shape, shape_of

LINE = (None, "hall", 1, 2, "Hi.", '[["Hi.",0,500,900]]', None, None, "en", 1, "test")
VOICE = (None, "Anna", "anna", 1, "ge2e", bytes(8), 1.5, 1, 2)
RENAMED = (None, "speaker_renamed", None, 1, None, 5, '{"name": "Anna", "known": true}')


@pytest.fixture
def shapes(path: Path) -> Iterator[dict[str, Shape]]:
    migrate(path, WallTime(0))
    database = connect(path)
    yield {table: shape_of(table, database) for table in TABLES}
    database.close()


def accept_the_same(one: Column, other: Column) -> bool:
    samples: tuple[Any, ...] = (None, 1, 0.5, "text", b"bytes")
    return any(one.takes(sample) and other.takes(sample) for sample in samples)


def test_no_row_fits_two_tables(shapes: dict[str, Shape]) -> None:
    for one, other in permutations(shapes.values(), 2):
        same = len(one.columns) == len(other.columns) and all(
            map(accept_the_same, one.columns, other.columns)
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


def test_a_voice_whose_print_is_broken_keeps_its_name(shapes: dict[str, Shape]) -> None:
    row = shapes["voice"].row(1, (*VOICE[:5], b"odd", *VOICE[6:]))
    assert row is not None
    assert (row["name"], row["centroid"]) == ("Anna", b"")


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
    ],
)
def test_events_that_could_not_be_replayed_are_left_out(
    shapes: dict[str, Shape], values: tuple[Any, ...]
) -> None:
    assert shapes["journal"].row(1, RENAMED) is not None
    assert shapes["journal"].row(1, values) is None
