"""Silence of streams, told over the bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.clock import ManualClock
from tests.support.events import Events, recorded
from tests.support.house import MemoryHouse
from wallflower.alerts.silence_watch import SilenceWatch
from wallflower.domain.events import SilenceChanged, SpeechChanged
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health

MINUTE = 6.0
"""Minutes of these tests: with real ones the clock would have to be turned thousands of times."""


class Rig:
    """A watch that takes 10 minutes for silence, over a hall that streams."""

    def __init__(self, bus: Bus, events: Events) -> None:
        self.bus = bus
        self.events = events
        self.clock = ManualClock()
        self.house = MemoryHouse(bus, StreamState.STREAMING)

    async def speech(self, on: bool, stream_id: str = "hall") -> None:
        self.bus.publish(SpeechChanged(stream_id, on, self.clock.wall()))
        await self.clock.advance(1)

    def state(self, state: StreamState) -> None:
        self.house.report(StreamHealth("hall", state))

    def told(self) -> list[tuple[str, bool, int]]:
        """What was told since the last call: stream, silent, whole minutes."""
        told = self.events.of(SilenceChanged)
        self.events.forget()
        return [
            (event.stream_id, event.silent, round(event.minutes * 60 / MINUTE)) for event in told
        ]


@asynccontextmanager
async def watching() -> AsyncIterator[Rig]:
    bus, leaving = Bus(), asyncio.Event()
    async with recorded(bus) as events, asyncio.TaskGroup() as tasks:
        rig = Rig(bus, events)
        await rig.house.add(name="Hall", url="rtsp://camera/1")
        watch = SilenceWatch(10 * MINUTE / 60, bus=bus, clock=rig.clock, health=Health())
        tasks.create_task(watch.run_once(rig.house, leaving), name="silence")
        await rig.clock.advance(0)
        yield rig
        leaving.set()


async def test_silence_and_speech_again() -> None:
    async with watching() as rig:
        await rig.clock.advance(9 * MINUTE)
        assert rig.told() == []
        await rig.clock.advance(30 * MINUTE)
        assert rig.told() == [("hall", True, 10)]
        await rig.speech(on=True)
        assert rig.told() == [("hall", False, 39)]
        await rig.speech(on=False)
        await rig.clock.advance(11 * MINUTE)
        assert rig.told() == [("hall", True, 10)]


async def test_it_says_when() -> None:
    async with watching() as rig:
        began = rig.clock.wall()
        await rig.clock.advance(20 * MINUTE)
        (event,) = rig.events.of(SilenceChanged)
        assert 60 <= event.at.seconds_since(began) <= 62


async def test_a_muted_stream_is_not_silent() -> None:
    async with watching() as rig:
        for state in (StreamState.MUTED, StreamState.RETRYING, StreamState.STOPPED):
            await rig.clock.advance(8 * MINUTE)
            rig.state(state)
            await rig.clock.advance(8 * MINUTE)
            rig.state(StreamState.STREAMING)
        await rig.clock.advance(9 * MINUTE)
        assert rig.told() == []
        await rig.clock.advance(2 * MINUTE)
        assert rig.told() == [("hall", True, 10)]


async def test_each_stream_has_its_own_silence() -> None:
    async with watching() as rig:
        await rig.clock.advance(5 * MINUTE)
        den = await rig.house.add(name="Den", url="rtsp://camera/2")
        rig.house.report(StreamHealth(den.id, StreamState.STREAMING))
        await rig.clock.advance(6 * MINUTE)
        assert rig.told() == [("hall", True, 10)]
        await rig.speech(on=True, stream_id=den.id)
        assert rig.told() == []
        await rig.house.remove("hall")
        await rig.speech(on=False, stream_id=den.id)
        await rig.clock.advance(60 * MINUTE)
        assert rig.told() == [("den", True, 10)]
