from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from tests.store.lines import NOON, line, room_print
from tests.support.clock import ManualClock
from wallflower.domain.errors import BadInput
from wallflower.domain.times import WallTime
from wallflower.store import LineQuery, Store
from wallflower.store.connection import connect
from wallflower.store.rows.lines import lines_joined
from wallflower.store.search import paging
from wallflower.store.search.query import Position, cursor_at

CURSOR = cursor_at(Position(NOON.plus(500).ns, 1))


def queries() -> Iterator[LineQuery]:
    """With and without every condition the API can ask for."""
    for text, stream_id, speaker_id, since, until, cursor in product(
        (None, "door"),
        (None, "hall"),
        (None, 1),
        (None, NOON.plus(10)),
        (None, NOON.plus(550)),
        (None, CURSOR),
    ):
        yield LineQuery(text, stream_id, speaker_id, since, until, cursor=cursor)


@pytest.fixture
async def filled(path: Path, clock: ManualClock) -> Path:
    """A closed store with 600 lines of two voices on two streams."""
    store = await Store.open(path, clock=clock)
    voices = [await store.voices.add("ge2e", room_print(i)) for i in range(2)]
    await store.lines.commit(
        [
            line(
                "Somebody is at the door." if i % 3 else "It rains.",
                i,
                stream_id=("hall", "porch")[i // 7 % 2],
                speaker=voices[i % 2].ref(1),
            )
            for i in range(600)
        ]
    )
    await store.close()
    return path


@pytest.fixture
def database(filled: Path) -> Iterator[SqliteDatabase]:
    """As the reader's thread has it."""
    database = connect(filled, read_only=True)
    yield database
    database.close()


def plan(database: SqliteDatabase, query: LineQuery, *, few: bool) -> list[str]:
    selected = paging.filtered(query, lines_joined())
    if query.text is not None:
        selected = paging.matching('"door"', selected, few=few)
    sql, parameters = selected.limit(query.limit + 1).sql()
    return [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]


@pytest.mark.parametrize("few", [True, False])
def test_no_page_scans_the_table(database: SqliteDatabase, few: bool) -> None:
    for query in queries():
        steps = plan(database, query, few=few)
        # Walking an index in order and stopping after a page is no scan of the table.
        bad = [
            step
            for step in steps
            if step.startswith("SCAN ")
            and "USING INDEX line_by_" not in step
            and "USING COVERING INDEX line_by_" not in step
            and "line_search VIRTUAL TABLE" not in step
        ]
        assert not bad, (query, steps)
        if query.stream_id is not None or query.speaker_id is not None:
            assert not any("SCAN t1" in step for step in steps), (query, steps)
        if query.text is None or not few:
            assert not any("TEMP B-TREE" in step for step in steps), (query, steps)


@pytest.mark.parametrize("few", [5, 5_000])
def test_pages_are_what_a_plain_filter_would_give(
    database: SqliteDatabase, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEW", few)
    rows = paging.page_of(LineQuery(limit=400), lines_joined(), database)
    everything = list(rows.items)
    while rows.next is not None:
        rows = paging.page_of(LineQuery(limit=400, cursor=rows.next), lines_joined(), database)
        everything += rows.items
    assert len(everything) == 600
    for query in queries():
        expected = [
            item
            for item in everything
            if (query.text is None or query.text in item.text)
            and (query.stream_id is None or item.stream_id == query.stream_id)
            and (query.speaker_id is None or (item.speaker and item.speaker.id == query.speaker_id))
            and (query.since is None or item.start >= query.since)
            and (query.until is None or item.start < query.until)
            and (query.cursor is None or (item.start, item.id) < (NOON.plus(500), 1))
        ]
        page = paging.page_of(query, lines_joined(), database)
        assert list(page.items) == expected[:50], query
        assert (page.next is None) == (len(expected) <= 50)


async def test_pages_stay_as_they_were_while_lines_come_in(store: Store) -> None:
    await store.lines.commit([line(f"Line {i}", i) for i in range(9)])
    first = await store.lines.page(LineQuery(limit=3))
    # Newer ones, an older one, and one of the very same moment as the last shown.
    await store.lines.commit([line("New", 100), line("Late", 0.5), line("Twin", 6)])
    second = await store.lines.page(LineQuery(limit=4, cursor=first.next))
    third = await store.lines.page(LineQuery(limit=4, cursor=second.next))
    shown = [item.text for page in (first, second, third) for item in page.items]
    assert shown == [f"Line {i}" for i in (8, 7, 6, 5, 4, 3, 2, 1)] + ["Late", "Line 0"]
    assert third.next is None


async def test_lines_of_one_moment_are_told_apart(store: Store) -> None:
    await store.lines.commit([line(f"Line {i}", 0) for i in range(5)])
    shown, cursor = [], None
    while True:
        page = await store.lines.page(LineQuery(limit=2, cursor=cursor))
        shown += [item.text for item in page.items]
        if (cursor := page.next) is None:
            break
    assert shown == [f"Line {i}" for i in (4, 3, 2, 1, 0)]


async def test_bad_queries_are_refused(store: Store) -> None:
    for query in (LineQuery(limit=0), LineQuery(limit=501), LineQuery(cursor="nonsense")):
        with pytest.raises(BadInput):
            await store.lines.page(query)


async def test_nothing_outside_the_range_of_numbers_breaks_it(store: Store) -> None:
    await store.lines.commit([line()])
    far = WallTime(10**30)
    assert len((await store.lines.page(LineQuery(until=far))).items) == 1
    assert (await store.lines.page(LineQuery(since=far))).items == ()
    assert (await store.lines.page(LineQuery(speaker_id=10**30))).items == ()
    assert (await store.lines.page(LineQuery(stream_id="\ud800"))).items == ()
