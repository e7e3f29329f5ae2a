from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.speakers.prints import CALIBRATION, heard, stretch, voice
from tests.store.lines import line as said
from tests.support.clock import ManualClock
from wallflower.domain.events import LineCorrected, SpeakerMerged
from wallflower.domain.speech import SpeakerRef
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint
from wallflower.house.second_look import CHECK_S, EVERY_S, QUIET_S, SecondLook
from wallflower.runtime.bus import Bus, Subscription
from wallflower.runtime.health import Health
from wallflower.runtime.workers import Workers
from wallflower.store import Store

NOON = WallTime.from_iso("2026-03-01T12:00:00Z")


class Ears:
    name = "test"
    calibration = CALIBRATION


class House:
    """A store in which people talk, and the look at it."""

    def __init__(self, store: Store, workers: Workers, clock: ManualClock) -> None:
        self.store = store
        self.bus = Bus()
        self.clock = clock
        self.look = SecondLook(store, Ears(), workers, self.bus, clock, Health())
        self.lines = 0

    async def found(self, person: int) -> SpeakerRef:
        """A voice that was learnt from one window of `person`."""
        first = RoomPrint("hall", heard(voice(person), 1, seed=99)[0], 0.8, NOON)
        return (await self.store.voices.add("test", first)).ref(0.9)

    async def say(self, person: int, called: SpeakerRef | None) -> int:
        """A line of 4 s; its id."""
        self.lines += 1
        prints = stretch(heard(voice(person), 5, seed=self.lines))
        line = said("one two three four", 6.0 * self.lines, speaker=called, prints=prints)
        (event,) = await self.store.lines.commit([line])
        self.bus.publish(event)
        assert event.line.id is not None
        return event.line.id

    async def talk(self) -> list[int]:
        """Two people take turns and are taken for one; the lines of the second."""
        one = await self.found(0)
        return [await self.say(turn % 2, one) for turn in range(10)][1::2]

    async def called(self, line_id: int) -> int | None:
        speaker = (await self.store.lines.get(line_id)).speaker
        return speaker.id if speaker else None

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Subscription]:
        """The part runs; what it corrects."""
        leaving = asyncio.Event()
        running = asyncio.create_task(self.look.run_once(leaving))
        try:
            with self.bus.subscribe("test", LineCorrected, SpeakerMerged) as corrected:
                await self.clock.advance(0.0)
                yield corrected
        finally:
            leaving.set()
            await asyncio.wait_for(running, 30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON.iso())


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    workers = Workers("speakers")
    yield House(store, workers, clock)
    await asyncio.to_thread(workers.close)
    await store.close()


async def next_of(corrected: Subscription) -> object:
    return await asyncio.wait_for(anext(corrected), 30)


async def test_after_a_conversation_its_lines_are_corrected_and_told(house: House) -> None:
    async with house.looking() as corrected:
        seconds = await house.talk()
        firsts = [line_id - 1 for line_id in seconds]
        await house.clock.advance(QUIET_S + CHECK_S)
        told = [await next_of(corrected) for _ in seconds]
    # Who of the two keeps the voice that they shared does not matter.
    changed = {event.line.id for event in told if isinstance(event, LineCorrected)}
    assert changed in (set(firsts), set(seconds))
    (one,) = {await house.called(line_id) for line_id in firsts}
    (other,) = {await house.called(line_id) for line_id in seconds}
    assert one != other


async def test_people_who_go_on_talking_are_looked_at_in_between(house: House) -> None:
    async with house.looking() as corrected:
        await house.talk()
        line_s = 4.0
        for _ in range(int(EVERY_S / line_s)):
            await house.say(0, None)
        await house.clock.advance(CHECK_S)
        await next_of(corrected)


async def test_while_people_talk_a_little_nothing_is_done(house: House) -> None:
    async with house.looking() as corrected:
        await house.talk()
        await house.clock.advance(CHECK_S)
        assert not corrected.drain()
        await house.say(0, None)
        await house.clock.advance(QUIET_S - CHECK_S)
        assert not corrected.drain()


async def test_what_was_said_before_a_restart_is_looked_at(house: House) -> None:
    seconds = await house.talk()
    async with house.looking() as corrected:
        await house.clock.advance(QUIET_S + CHECK_S)
        assert isinstance(await next_of(corrected), LineCorrected)
    assert await house.called(seconds[0]) != await house.called(seconds[0] - 1)


async def test_a_second_look_at_the_same_changes_nothing(house: House) -> None:
    await house.talk()
    await house.look.look()
    with house.bus.subscribe("test") as told:
        await house.look.look()
        assert not told.drain()


async def test_what_a_person_decided_stays(house: House) -> None:
    seconds = await house.talk()
    await confirm(house, seconds[0])
    decided = await house.called(seconds[0])
    await house.look.look()
    assert await house.called(seconds[0]) == decided


async def confirm(house: House, line_id: int) -> None:
    from wallflower.house import People

    await People(house.store, house.bus, house.clock, None).reassign(line_id, None)


async def test_an_empty_house_is_no_trouble(house: House) -> None:
    await house.look.look()
    assert house.lines == 0


async def test_old_conversations_are_left_alone(house: House) -> None:
    seconds = await house.talk()
    before = await house.called(seconds[0])
    await house.clock.advance(3600.0)
    await house.look.look()
    assert await house.called(seconds[0]) == before
