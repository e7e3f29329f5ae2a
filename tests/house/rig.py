"""A house with everything real but what makes words and knows voices: these tests need neither."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.engine import ToldEngine
from tests.support.events import Events, recorded
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.capture import find_ffmpeg
from wallflower.domain.speech import Utterance, VoicesHeard
from wallflower.house import House
from wallflower.pipeline import Shared
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health
from wallflower.store import Committer, Store


class Places:
    """A speaker stage that knows nobody, and notes which places it was told to forget."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def hear(self, utterance: Utterance) -> VoicesHeard:
        return VoicesHeard()

    def forget(self, stream_id: str) -> None:
        self.forgotten.append(stream_id)


@dataclass
class Rig:
    house: House
    store: Store
    health: Health
    events: Events
    engine: ToldEngine
    speakers: Places


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[Rig]:
    """A house with its database in `folder`, opened; closed in order at the end."""
    clock, bus, health = SystemClock(), Bus(), Health()
    engine, speakers = ToldEngine(), Places()
    async with AsyncExitStack() as stack:
        store = await Store.open(folder / "wallflower.db", clock=clock)
        stack.push_async_callback(store.close)
        ready = asyncio.Event()
        ready.set()
        shared = Shared(
            engine=engine,
            engine_ready=ready,
            speakers=speakers,
            lines=Committer(store, bus, clock, health),
            bus=bus,
            clock=clock,
            vad=await asyncio.to_thread(SileroModel.load),
            segmenter=SegmenterSettings(),
            ffmpeg=await asyncio.to_thread(find_ffmpeg),
            stall_s=10.0,
            partials=False,
        )
        events = await stack.enter_async_context(recorded(bus))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        house = House(store, shared, health, tasks)
        await house.open()
        try:
            yield Rig(house, store, health, events, engine, speakers)
        finally:
            await house.close()


def ffmpegs() -> dict[str, int]:
    """Process ids of our FFmpegs by the URL that each reads."""
    found = {}
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        argv = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if "ffmpeg" in argv[0]:
            found[argv[argv.index("-i") + 1]] = int(pid)
    return found
