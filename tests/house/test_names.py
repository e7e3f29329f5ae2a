"""The engine hears the names of the people it writes about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.support.clock import ManualClock
from tests.support.engine import ToldEngine
from wallflower.domain.voices import RoomPrint
from wallflower.house import People, offer_names
from wallflower.runtime.bus import Bus
from wallflower.runtime.health import Health
from wallflower.store import Store

PRINT = np.eye(4, dtype=np.float32)[0]


class Listener(ToldEngine):
    def __init__(self) -> None:
        super().__init__()
        self.hints: asyncio.Queue[Sequence[str]] = asyncio.Queue()

    def hint(self, words: Sequence[str]) -> None:
        self.hints.put_nowait(words)


async def test_names_are_offered_as_they_are_given_and_taken(tmp_path: Path) -> None:
    clock, bus, engine = ManualClock(), Bus(), Listener()
    store = await Store.open(tmp_path / "wallflower.db", clock=clock)
    people = People(store, bus, clock, None)
    one, two = [
        await store.voices.add("test", RoomPrint("hall", PRINT, 3.0, clock.wall())) for _ in "ab"
    ]
    await people.rename(one.id, "Anna")
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        offering = tasks.create_task(offer_names(engine, store, bus, Health()))
        assert await engine.hints.get() == ["Anna"]
        await people.rename(two.id, "Ben")
        assert await engine.hints.get() == ["Anna", "Ben"]
        await people.forget(one.id)
        assert await engine.hints.get() == ["Ben"]
        bus.close()
        await offering
    await store.close()
