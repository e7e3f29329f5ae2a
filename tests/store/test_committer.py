"""A real full disk: SQLite's own limit on the number of pages."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.store.lines import line
from tests.store.trouble import bulky, fill_disk, free_disk, spoil_search
from tests.support.clock import ManualClock, settle
from wallflower.domain.errors import DatabaseDamaged, DiskFull, StoreError
from wallflower.domain.events import Event, LineCommitted
from wallflower.domain.speech import Line
from wallflower.runtime.bus import Bus, Subscription
from wallflower.runtime.health import Health, HealthState
from wallflower.store import Committer, LineQuery, Store


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def committer(store: Store, bus: Bus, clock: ManualClock, health: Health) -> Committer:
    return Committer(store, bus, clock, health, limit=20)


def numbered(first: int, last: int) -> list[Line]:
    return [bulky(line(f"Line {i}", i)) for i in range(first, last + 1)]


async def stored(store: Store) -> list[str]:
    """Texts in the order they were committed."""
    return [
        event.line.text
        for event in await store.journal.after(0)
        if isinstance(event, LineCommitted)
    ]


async def heard(inbox: Subscription) -> list[str]:
    """Texts published so far."""
    events: list[Event] = []

    async def listen() -> None:
        async for event in inbox:
            events.append(event)  # noqa: PERF401 - cancelled half way

    listening = asyncio.create_task(listen())
    await settle()
    listening.cancel()
    return [event.line.text for event in events if isinstance(event, LineCommitted)]


async def test_lines_are_stored_then_published(
    committer: Committer, store: Store, bus: Bus
) -> None:
    with bus.subscribe("test") as inbox:
        await committer.put(numbered(1, 3))
        assert await heard(inbox) == ["Line 1", "Line 2", "Line 3"]
    assert await stored(store) == ["Line 1", "Line 2", "Line 3"]


async def test_streams_that_put_at_once_keep_their_order_and_lose_nothing(
    committer: Committer, store: Store
) -> None:
    async def stream(name: str) -> None:
        for i in range(10):
            await committer.put([line(f"{name} {i}", i, stream_id=name)])

    async with asyncio.TaskGroup() as group:
        for name in ("hall", "kitchen", "porch", "garage"):
            group.create_task(stream(name))
    texts = await stored(store)
    assert len(texts) == 40
    for name in ("hall", "kitchen"):
        own = [text for text in texts if text.startswith(name)]
        assert own == [f"{name} {i}" for i in range(10)]


async def test_on_a_full_disk_lines_wait_and_people_are_told(
    committer: Committer, store: Store, bus: Bus, health: Health
) -> None:
    await committer.put(numbered(1, 2))
    await fill_disk(store)
    with bus.subscribe("test") as inbox:
        await committer.put(numbered(3, 4))
        await committer.put(numbered(5, 5))
        assert await heard(inbox) == []
        assert len(committer) == 3
        part = health.parts()["store"]
        assert (part.state, part.code) == (HealthState.DEGRADED, "disk_full")
        assert part.detail is not None
        assert "free some space" in part.detail

        with pytest.raises(DiskFull):
            await committer.run_once()
        assert await stored(store) == ["Line 1", "Line 2"]

        await free_disk(store)
        await committer.run_once()
        assert await heard(inbox) == ["Line 3", "Line 4", "Line 5"]
    assert await stored(store) == [f"Line {i}" for i in range(1, 6)]
    assert health.parts()["store"].state is HealthState.OK
    await committer.put(numbered(6, 6))
    assert len(committer) == 0


async def test_what_is_too_much_for_memory_goes_oldest_first_and_is_counted(
    committer: Committer, store: Store, health: Health
) -> None:
    await fill_disk(store)
    for i in range(1, 26):
        await committer.put(numbered(i, i))
    assert (len(committer), committer.dropped) == (20, 5)

    await free_disk(store)
    await committer.flush()
    assert await stored(store) == [f"Line {i}" for i in range(6, 26)]
    part = health.parts()["store"]
    assert (part.state, part.code) == (HealthState.DEGRADED, "lines_lost")
    assert part.detail is not None
    assert "5 lines" in part.detail


async def test_run_once_rests_while_all_is_well(committer: Committer) -> None:
    await committer.put(numbered(1, 1))
    resting = asyncio.create_task(committer.run_once())
    await settle()
    assert not resting.done()
    resting.cancel()


async def test_a_cancelled_put_is_seen_through(
    committer: Committer, store: Store, bus: Bus
) -> None:
    with bus.subscribe("test") as inbox:
        putting = asyncio.create_task(committer.put(numbered(1, 1)))
        await asyncio.sleep(0)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        await committer.flush()
        assert await heard(inbox) == ["Line 1"]
    assert await stored(store) == ["Line 1"]


async def test_a_database_damaged_in_use_is_repaired_without_a_restart(
    committer: Committer, store: Store, health: Health, path: Path
) -> None:
    await committer.put(numbered(1, 2))
    spoil_search(path)
    await committer.put(numbered(3, 3))
    assert health.parts()["store"].code == DatabaseDamaged.code

    await committer.run_once()
    assert await stored(store) == ["Line 1", "Line 2", "Line 3"]
    assert len((await store.lines.page(LineQuery(text="line"))).items) == 3
    await store.check()
    part = health.parts()["store"]
    assert part.state is HealthState.DEGRADED
    assert part.detail is not None
    assert "kept as" in part.detail


async def test_after_closing_lines_wait_too(committer: Committer, store: Store) -> None:
    await store.close()
    await committer.put(numbered(1, 1))
    assert len(committer) == 1
    with pytest.raises(StoreError):
        await committer.flush()
