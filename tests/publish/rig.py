"""A publisher with a real store, a house in memory and a clock turned by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.store.lines import room_print
from tests.support.clock import ManualClock
from tests.support.house import MemoryHouse
from tests.support.mosquitto import Listener
from wallflower.domain.engine import ServerQuality
from wallflower.domain.events import HealthChanged
from wallflower.domain.keywords import Keyword
from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.streams import StreamState
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Voice
from wallflower.house.people import People
from wallflower.publish import MqttConfig, MqttPublisher
from wallflower.publish.announcer import GAP_S
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health
from wallflower.store import Store

NOON = WallTime.from_iso("2026-03-01T12:00:00Z")
VERSION = "9.8.7"
NODE = "a1b2"


@dataclass(slots=True)
class Engine:
    name: str = "embedded"
    ready: bool = True
    backlog_s: float = 0.0
    servers: tuple[ServerQuality, ...] = ()
    taken_over: int = 0


@dataclass
class Rig:
    """One life of Wallflower, as far as MQTT sees it."""

    store: Store
    clock: ManualClock
    bus: Bus
    house: MemoryHouse
    health: Health
    closing: asyncio.Event
    engine: Engine
    restarts: list[str]
    publisher: MqttPublisher
    people: People
    said: int = field(default=0)

    async def say(
        self, text: str, stream_id: str = "hall", speaker: SpeakerRef | None = None
    ) -> Line:
        """Somebody said `text`: stored first, announced second."""
        return (await self.say_all([text], stream_id, speaker))[0]

    async def say_all(
        self, texts: list[str], stream_id: str = "hall", speaker: SpeakerRef | None = None
    ) -> list[Line]:
        lines = [
            a_line(text, at_s=self.said + i, stream_id=stream_id, speaker=speaker)
            for i, text in enumerate(texts)
        ]
        self.said += len(lines)
        events = await self.store.lines.commit(lines)
        for event in events:
            self.bus.publish(event)
        return [event.line for event in events]

    async def until(self, listener: Listener, condition: Callable[[Listener], bool]) -> None:
        """Let time pass on our clock until `condition` holds of what was heard."""
        while not condition(listener):
            await self.clock.advance(GAP_S)
            await listener.settled()

    async def person(self, name: str | None = None) -> Voice:
        """A new voice, with a name if one is given."""
        voice = await self.store.voices.add("ge2e", room_print(1, at=NOON))
        return voice if name is None else await self.people.rename(voice.id, name)


def a_line(
    text: str, *, at_s: float = 0.0, stream_id: str = "hall", speaker: SpeakerRef | None = None
) -> Line:
    words = tuple(Word(word, i * 0.5, i * 0.5 + 0.4, 0.9) for i, word in enumerate(text.split()))
    return Line(
        stream_id=stream_id,
        start=NOON.plus(at_s),
        end=NOON.plus(at_s + len(words) * 0.5),
        text=text,
        words=words,
        speaker=speaker,
        language="en",
        confidence=0.87654,
        engine="test",
    )


@contextlib.asynccontextmanager
async def rigged(
    folder: Path,
    config: MqttConfig,
    *,
    node: str = NODE,
    streams: tuple[str, ...] = ("Hall",),
    broker: Callable[[], Awaitable[MqttConfig]] | None = None,
    keywords: Sequence[Keyword] = (),
    max_backlog: int = 1000,
) -> AsyncIterator[Rig]:
    """A Wallflower whose store is `folder`/wallflower.db; the publisher does not run yet."""
    clock = ManualClock()
    bus = Bus()
    house = MemoryHouse(bus, StreamState.STREAMING)
    for name in streams:
        await house.add(name=name, url=f"rtsp://user:secret@127.0.0.1/{name}")
    health = Health(lambda part: bus.publish(HealthChanged(part)))
    closing = asyncio.Event()
    engine = Engine()
    restarts: list[str] = []
    store = await Store.open(folder / "wallflower.db", clock=clock)
    try:
        publisher = MqttPublisher(
            config,
            node_id=node,
            version=VERSION,
            house=house,
            journal=store.journal,
            values=store.values,
            lines=store.lines,
            voices=store.voices,
            bus=bus,
            health=health,
            clock=clock,
            closing=closing,
            engine_state=lambda: engine,
            restart=lambda: restarts.append("house"),
            broker=broker,
            keywords=keywords,
            max_backlog=max_backlog,
        )
        people = People(store, bus, clock, None)
        yield Rig(store, clock, bus, house, health, closing, engine, restarts, publisher, people)
    finally:
        bus.close()
        await store.close()


@contextlib.asynccontextmanager
async def serving(rig: Rig) -> AsyncIterator[asyncio.Task[None]]:
    """`run_once` in a task of its own, which is cancelled at the end if it still runs."""
    task = asyncio.create_task(rig.publisher.run_once(), name="publisher")
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
