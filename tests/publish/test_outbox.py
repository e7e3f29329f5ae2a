from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.publish.rig import a_line
from tests.support.clock import ManualClock
from wallflower.domain.errors import DiskFull
from wallflower.domain.events import LineCommitted, LineCorrected
from wallflower.publish.outbox import CURSOR, SAVE_EVERY, News, Outbox
from wallflower.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "wallflower.db", clock=ManualClock())
    yield store
    await store.close()


class FullDisk:
    """Values on a disk that takes nothing."""

    def __init__(self, cursor: str | None) -> None:
        self.cursor = cursor
        self.full = True

    async def get(self, key: str) -> str | None:
        return self.cursor

    async def set(self, key: str, value: str) -> None:
        if self.full:
            raise DiskFull("The disk is full.")
        self.cursor = value


async def said(store: Store, *texts: str) -> list[LineCommitted]:
    return await store.lines.commit([a_line(text) for text in texts])


async def texts(outbox: Outbox) -> list[str]:
    return texts_of(await outbox.pending())


def texts_of(news: Sequence[News]) -> list[str]:
    return [e.line.text for e in news if isinstance(e, (LineCommitted, LineCorrected))]


async def opened(store: Store, max_backlog: int = 1000) -> Outbox:
    outbox = Outbox(store.journal, store.values, max_backlog)
    await outbox.open()
    return outbox


async def test_what_was_said_before_mqtt_is_no_news(store: Store) -> None:
    await said(store, "old")
    outbox = await opened(store)
    assert await texts(outbox) == []
    await said(store, "new")
    assert await texts(outbox) == ["new"]


async def test_lines_wait_until_confirmed(store: Store) -> None:
    outbox = await opened(store)
    first, _ = await said(store, "one", "two")
    assert await texts(outbox) == ["one", "two"]
    await outbox.confirmed(first)
    assert await texts(outbox) == ["two"]


async def test_the_place_survives_a_restart(store: Store) -> None:
    outbox = await opened(store)
    first, _ = await said(store, "one", "two")
    await outbox.confirmed(first)
    await outbox.save()
    assert await texts(await opened(store)) == ["two"]


async def test_even_without_a_line_the_beginning_survives_a_restart(store: Store) -> None:
    await said(store, "old")
    await opened(store)
    await said(store, "while we were away")
    assert await texts(await opened(store)) == ["while we were away"]


async def test_catching_up_saves_its_place_on_the_way(store: Store) -> None:
    outbox = await opened(store)
    for event in await said(store, *map(str, range(SAVE_EVERY + 5))):
        await outbox.confirmed(event)
    after_a_crash = await opened(store)
    assert await texts(after_a_crash) == [str(i) for i in range(SAVE_EVERY, SAVE_EVERY + 5)]


async def test_the_oldest_are_skipped_and_counted_once(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = await opened(store, max_backlog=3)
    await said(store, *map(str, range(10)))
    assert await texts(outbox) == ["7", "8", "9"]
    assert await texts(outbox) == ["7", "8", "9"]
    assert outbox.skipped == 7
    assert "7 oldest" in caplog.text
    await said(store, "10")
    assert await texts(outbox) == ["8", "9", "10"]
    assert outbox.skipped == 8


async def test_a_backlog_of_many_pages(store: Store) -> None:
    outbox = await opened(store)
    await said(store, *map(str, range(1_234)))
    assert await texts(outbox) == [str(i) for i in range(234, 1_234)]
    assert outbox.skipped == 234


async def test_corrections_are_news_and_other_events_are_passed(store: Store) -> None:
    outbox = await opened(store)
    one, two = await said(store, "one", "two")
    assert one.line.id is not None
    assert two.line.id is not None
    await store.lines.change(one.line.id, text="won")
    await store.lines.delete(two.line.id)
    waiting = await outbox.pending()
    assert [type(event) for event in waiting] == [LineCommitted, LineCorrected]
    assert texts_of(waiting) == ["won", "won"]
    for event in waiting:
        await outbox.confirmed(event)
    assert await outbox.pending() == []
    await outbox.save()
    assert await store.values.get(CURSOR) == str(await store.journal.last_id())


async def test_a_journal_that_began_anew(store: Store) -> None:
    await store.values.set(CURSOR, "4711")
    outbox = await opened(store)
    await said(store, "one")
    assert await texts(outbox) == ["one"]


async def test_a_full_disk_does_not_stop_the_lines(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    values = FullDisk(cursor="0")
    outbox = Outbox(store.journal, values)
    await outbox.open()
    one, two = await said(store, "one", "two")
    await outbox.confirmed(one)
    await outbox.save()
    assert "The disk is full." in caplog.text
    assert await texts(outbox) == ["two"]
    values.full = False
    await outbox.confirmed(two)
    await outbox.save()
    assert values.cursor == str(two.event_id)


async def test_an_outbox_that_was_not_opened(store: Store) -> None:
    with pytest.raises(RuntimeError, match="not opened"):
        await Outbox(store.journal, store.values).pending()
