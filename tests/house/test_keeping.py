from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.store.lines import NOON, line, prints, room_print
from tests.support.clock import ManualClock
from wallflower.domain.events import SpeakerForgotten
from wallflower.house.keeping import DAY_S, SCRUB, Keeping, scrub
from wallflower.house.people import People
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health, HealthState
from wallflower.speakers.hindsight.repair import prints_of
from wallflower.store import Mending, Store
from wallflower.store.rows.line_prints import KEEP_BEST


async def test_strangers_go_after_a_month_and_friends_stay(tmp_path: Path) -> None:
    clock = ManualClock("2026-03-02T00:00:00Z")
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    bus = Bus()
    told = bus.subscribe("test")
    keeping = Keeping(store, bus, clock, forget_unknown_after_days=30)
    try:
        anna, stranger = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
        await store.people.rename(Mending("ge2e", prints_of), anna.id, "Anna")
        await store.lines.commit(
            [
                line(at_s=number, speaker=anna.ref(0.9), prints=prints(1, 1))
                for number in range(KEEP_BEST + 5)
            ]
        )
        nobody = line(at_s=99, prints=prints(3))
        await store.lines.commit([nobody])
        for days, gone in ((0, []), (20, []), (20, [SpeakerForgotten(48, stranger.id)])):
            await clock.advance(days * DAY_S)
            await keeping.tidy()
            assert told.drain() == gone
        assert [voice.id for voice in await store.voices.everyone()] == [anna.id]
        # Of old lines only what is worth most to repair a voice from is left.
        heard = await store.lines.heard("ge2e", since=NOON)
        assert len(heard) == KEEP_BEST
        assert {each.voice_id for each in heard} == {anna.id}
    finally:
        await store.close()


async def test_who_is_forgotten_is_wiped_from_the_file_soon_after(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    path = tmp_path / "wallflower.db"
    store, bus, health = await Store.open(path, clock=clock), Bus(), Health()
    people = People(store, bus, clock, None)
    scrubbing = asyncio.create_task(scrub(store, bus, health))
    try:
        voices = [await store.voices.add("ge2e", room_print(seed)) for seed in (1, 2)]
        for number, voice in enumerate(voices):
            await people.rename(voice.id, f"Rumpelstilzchen {number}")
        for voice in voices:
            await people.forget(voice.id)
        bus.close()  # what is in the inbox by now is still looked at
        await scrubbing
        files = await asyncio.to_thread(lambda: [each.read_bytes() for each in tmp_path.iterdir()])
        assert not any(b"Rumpelstilzchen" in content for content in files)
        assert health.parts()[SCRUB].state is HealthState.OK
    finally:
        scrubbing.cancel()
        await store.close()


async def test_it_tidies_at_once_and_stops_at_once(tmp_path: Path) -> None:
    clock = ManualClock()
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    bus = Bus()
    await store.voices.add("ge2e", room_print(1, 3.0, clock.wall().plus(-40 * DAY_S)))
    leaving = asyncio.Event()
    keeping = Keeping(store, bus, clock, forget_unknown_after_days=30)
    try:
        with bus.subscribe("test", SpeakerForgotten) as told:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(keeping.run_once(leaving), name="keeping")
                assert await anext(told) == SpeakerForgotten(1, 1)
                leaving.set()
    finally:
        await store.close()


async def test_never_more_prints_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallflower.store.rows.line_prints.KEEP_ROWS", 3)
    clock = ManualClock("2026-03-01T13:00:00Z")
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    try:
        await store.lines.commit([line(at_s=n, prints=prints(n)) for n in range(5)])
        await Keeping(store, Bus(), clock, forget_unknown_after_days=30).tidy()
        assert [each.id for each in await store.lines.heard("ge2e", since=NOON)] == [3, 4, 5]
    finally:
        await store.close()
