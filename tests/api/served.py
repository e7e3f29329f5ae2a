"""The API over real hypercorn and a real store, with the clock in the test's hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from quart import Quart

from tests.house.ears import QuietEar
from tests.store.lines import prints, room_print
from tests.support.clock import ManualClock
from tests.support.house import MemoryHouse
from wallflower.api import Services, create_app, serve
from wallflower.api.page import PAGE
from wallflower.capture import find_ffmpeg, hear_clip
from wallflower.domain.control import HouseControl
from wallflower.domain.engine import EngineInfo
from wallflower.domain.events import LineCommitted
from wallflower.domain.others import Others
from wallflower.domain.speech import Line, Pcm, Word
from wallflower.domain.times import WallTime
from wallflower.domain.tracks import Probe
from wallflower.domain.voices import Voice
from wallflower.house.people import People
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health
from wallflower.store import Store

ENGINE = EngineInfo("embedded:tiny.en", ready=True, backlog_s=0.5)

NOON = WallTime.from_iso("2026-11-22T12:00:00Z")


@dataclass
class Served:
    """A running API and everything behind it."""

    house: MemoryHouse
    store: Store
    bus: Bus
    health: Health
    clock: ManualClock
    closing: asyncio.Event
    probe: asyncio.Future[Probe]
    """What the next probe waits for."""
    engine: EngineInfo = ENGINE
    others: Others = field(default_factory=Others)
    probed: list[str] = field(default_factory=list)
    port: int = 0
    _voices: int = 0
    client: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    app: Quart = field(init=False)
    services: Services = field(init=False)
    stopped: asyncio.Task[None] | None = None
    """The server; None once a test has dealt with it itself."""

    async def say(
        self,
        text: str,
        stream_id: str = "hall",
        voice: Voice | None = None,
        at_s: float = 0.0,
        *,
        sure: bool = True,
    ) -> LineCommitted:
        """Store a line and announce it, as the pipeline does."""
        event = await self.store_line(text, stream_id, voice, at_s, sure=sure)
        self.bus.publish(event)
        return event

    async def store_line(
        self,
        text: str,
        stream_id: str = "hall",
        voice: Voice | None = None,
        at_s: float = 0.0,
        *,
        sure: bool = True,
    ) -> LineCommitted:
        """Store a line without telling anybody."""
        words = tuple(
            Word(word, i * 0.4, i * 0.4 + 0.3, 0.9) for i, word in enumerate(text.split())
        )
        start = NOON.plus(at_s)
        line = Line(
            stream_id=stream_id,
            start=start,
            end=start.plus(2.0),
            text=text,
            words=words,
            speaker=None if voice is None else voice.ref(0.8, sure=sure),
            language="en",
            confidence=0.9,
            engine="embedded:tiny.en",
            prints=None if voice is None else prints(voice.id),
        )
        (event,) = await self.store.lines.commit([line])
        return event

    async def lose_database(self) -> None:
        """From now on the store raises `StoreError`."""
        await self.store._connections.disconnect()

    async def voice(self, heard_at_s: float = 0.0) -> Voice:
        """A new one, unlike all others."""
        self._voices += 1
        first = room_print(self._voices, at=NOON.plus(heard_at_s))
        return await self.store.voices.add("ge2e", first)


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, cors_origins: Collection[str] = (), page_folder: Path = PAGE
) -> AsyncIterator[Served]:
    clock = ManualClock()
    bus = Bus()
    house: HouseControl = (fake := MemoryHouse(bus))
    store = await Store.open(folder / "wallflower.db", clock=SystemClock())
    probe: asyncio.Future[Probe] = asyncio.get_running_loop().create_future()
    served = Served(fake, store, bus, Health(), clock, asyncio.Event(), probe)

    async def probe_once(url: str) -> Probe:
        served.probed.append(url)
        return await asyncio.shield(served.probe)

    async def hear(recording: bytes) -> Pcm:
        ffmpeg = await asyncio.to_thread(find_ffmpeg)
        return await hear_clip(recording, ffmpeg=ffmpeg, clock=SystemClock())

    services = served.services = Services(
        house=house,
        store=store,
        bus=bus,
        health=served.health,
        clock=clock,
        closing=served.closing,
        version="0.1.0",
        started_at=clock.wall(),
        engine=lambda: served.engine,
        probe=probe_once,
        people=People(store, bus, SystemClock(), QuietEar()),
        hear=hear,
        others=lambda: served.others,
    )
    served.app = create_app(services, cors_origins=cors_origins, page_folder=page_folder)
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    served.stopped = asyncio.create_task(
        serve(
            served.app,
            host="127.0.0.1",
            port=0,
            closing=served.closing,
            on_listening=listening.set_result,
            clock=clock,
        )
    )
    try:
        served.port = await listening
        base = f"http://127.0.0.1:{served.port}"
        async with httpx.AsyncClient(base_url=base, timeout=60) as served.client:
            yield served
    finally:
        served.closing.set()
        if served.stopped is not None:
            await served.stopped
        await store.close()
