"""Wallflower as a whole in the test's own loop, with real cameras, at a real broker."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from tests.store.lines import room_print
from tests.support.child import ffmpegs_of
from tests.support.mosquitto import free_port
from wallflower.api import Services
from wallflower.app import Running, run
from wallflower.domain.events import Event
from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.voices import Voice
from wallflower.settings import Settings

START_S = 60.0
ENCODER = "ge2e"


class Appliance:
    """One life of it after another on the same data."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._settings = settings
        self._closing = asyncio.Event()
        self._life: asyncio.Task[bool] | None = None
        self._services: Services | None = None

    @property
    def services(self) -> Services:
        assert self._services is not None
        return self._services

    async def start(self, **settings: Any) -> None:
        """Return once the page answers; `settings` are sections to replace from now on."""
        self._settings = {**self._settings, **settings}
        server = {"host": "127.0.0.1", "port": free_port(), "ingress_port": free_port()}
        self._closing = asyncio.Event()
        running: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        life = run(
            Settings.model_validate({**self._settings, "server": server}),
            self._folder,
            closing=self._closing,
            on_running=running.set_result,
        )
        self._life = asyncio.create_task(life, name="appliance")
        async with asyncio.timeout(START_S):
            await asyncio.wait((self._life, running), return_when=asyncio.FIRST_COMPLETED)
        if self._life.done():
            await self._life
        self._services = (await running).services

    async def stop(self) -> None:
        self._closing.set()
        if self._life is not None:
            await self._life

    def ffmpegs(self) -> dict[str, int]:
        """Process ids of its FFmpegs by the URL that each reads."""
        return ffmpegs_of(os.getpid())

    def tell(self, event: Event) -> None:
        self.services.bus.publish(event)

    async def say(self, text: str, stream_id: str, speaker: SpeakerRef | None = None) -> Line:
        """A line of now, stored first and announced second, as the pipeline does."""
        now = self.services.clock.wall()
        line = Line(
            stream_id=stream_id,
            start=now,
            end=now.plus(1.0),
            text=text,
            words=tuple(Word(word, 0.0, 0.1, 0.9) for word in text.split()),
            speaker=speaker,
            language="en",
            confidence=0.9,
            engine="test",
        )
        (event,) = await self.services.store.lines.commit([line])
        self.tell(event)
        return event.line

    async def stranger(self, seed: int) -> Voice:
        """A voice nobody has named, as if heard before."""
        now = self.services.clock.wall()
        return await self.services.store.voices.add(ENCODER, room_print(seed, at=now))

    async def person(self, name: str, seed: int) -> Voice:
        """Somebody with a name, as if heard before."""
        return await self.services.people.rename((await self.stranger(seed)).id, name)


@contextlib.asynccontextmanager
async def appliance(folder: Path, settings: Mapping[str, Any]) -> AsyncIterator[Appliance]:
    """A running one, with its data in `folder`."""
    appliance = Appliance(folder, settings)
    await appliance.start()
    try:
        yield appliance
    finally:
        await appliance.stop()
