"""Keeps what the broker and Home Assistant believe equal to what is true."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import NotFound
from wallflower.domain.events import (
    Event,
    HealthChanged,
    SpeakerMerged,
    StreamAdded,
    StreamChanged,
    StreamRemoved,
)
from wallflower.domain.keywords import Keyword
from wallflower.domain.streams import StreamSpec
from wallflower.domain.voices import Voice
from wallflower.publish import discovery
from wallflower.publish.answers import Answers
from wallflower.publish.devices import Devices
from wallflower.publish.past import Past
from wallflower.publish.payloads import ONLINE, Message, Send
from wallflower.publish.people import People
from wallflower.publish.present import FACTS, Present
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until

HEALTH_EVERY_S: Final = 30.0
"""How often the house's health is looked at when no event asks for it."""
INSIST_S: Final = 1.0
"""Least time between two such answers: two who both insist must not fill the broker."""
BIRTH_JITTER_S: Final = (0.5, 3.0)
"""Least and greatest delay of our answer to a birth: all devices of a house hear it at once."""


class States:
    """Retained topics and device payloads, over any number of connections."""

    def __init__(
        self,
        *,
        house: HouseControl,
        topics: Topics,
        version: str,
        bus: Bus,
        clock: Clock,
        devices: Devices,
        past: Past,
        people: People,
        answers: Answers,
        keywords: Iterable[Keyword],
        keeps_snapshots: bool,
        house_health: Callable[[], str],
    ) -> None:
        self._house = house
        self._topics = topics
        self._version = version
        self._clock = clock
        self._devices = devices
        self._past = past
        self._people = people
        self._answers = answers
        self._keywords = tuple(keywords)
        self._keeps_snapshots = keeps_snapshots
        self._house_health = house_health
        self._present = Present(house, topics, answers)
        # Open also while there is no connection, so that nothing of the present is missed.
        self._inbox = bus.subscribe("mqtt states", *FACTS, HealthChanged)
        self._missed = 0
        self._sent_health: str | None = None
        self.health_due = asyncio.Event()
        self.born = asyncio.Event()
        """Set when Home Assistant says that it has started."""

    def core(self, up: bool) -> None:
        """Home Assistant has started, or stopped."""
        if up:
            self.born.set()
        else:
            self._devices.core_is_up = False

    async def introduce(self, send: Send) -> None:
        """Say all that is true, and that we are here. Raises `StoreError`."""
        self._devices.arrived()
        if self._inbox.dropped > self._missed:
            self._missed = self._inbox.dropped
            self._present.silence()
        for event in self._inbox.drain():
            await self._apply(event)
        for spec in self._house.streams():
            if spec.id not in self._present.heard:
                self._present.heard.remember(spec.id, await self._past.on_stream(spec.id))
        await self._say_everything(send)

    async def follow(self, send: Send) -> None:
        """Say what changes, until the bus closes."""
        async for event in self._inbox:
            async with self._devices.turn:
                self._announce(event)
                for message in await self._apply(event):
                    await send(message)
            self.health_due.set()

    async def answer(self, send: Send) -> None:
        """Say of each order what became of it, for ever."""
        while True:
            stream_id = await self._answers.next()
            if stream_id is None:
                self.health_due.set()
            elif self._is_ours(stream_id):
                async with self._devices.turn:
                    for message in self._present.health(stream_id):
                        await send(message)

    async def watch_health(self, send: Send) -> None:
        """Say how the house does whenever that is different, for ever."""
        while True:
            self.health_due.clear()
            if self._house_health() != self._sent_health:
                await self._say_health(send)
            await wait_until(self.health_due, HEALTH_EVERY_S, self._clock)

    async def answer_births(self, send: Send) -> None:
        """Say everything again after each birth of Home Assistant, for ever."""
        while True:
            await self.born.wait()
            await self._clock.sleep(random.uniform(*BIRTH_JITTER_S))  # noqa: S311 - no secret
            self.born.clear()
            async with self._devices.turn:
                self._devices.born()
            await self._say_everything(send)

    async def insist(self, contested: asyncio.Event, send: Send) -> None:
        """Say again who speaks here whenever somebody else wrote over it, for ever."""
        while True:
            await contested.wait()
            contested.clear()
            await self._say_health(send)
            await send(Message(self._topics.status, ONLINE, retain=True))
            await self._clock.sleep(INSIST_S)

    async def farewell(self, send: Send) -> None:
        """Say that nothing of ours is available any more."""
        for message in self._present.farewell():
            await send(message)

    async def _apply(self, event: Event) -> list[Message]:
        if not isinstance(event, SpeakerMerged):
            return self._present.apply(event)
        into: Voice | None = None
        with contextlib.suppress(NotFound):  # merged further, or forgotten: that event follows
            into = await self._past.voice(event.into_id)
        return self._present.speakers(self._present.heard.merged(event.gone_id, into))

    async def _say_everything(self, send: Send) -> None:
        async with self._devices.turn:
            self._announce_all()
            for message in self._present.all():
                await send(message)
        await self._say_health(send)
        await send(Message(self._topics.status, ONLINE, retain=True))
        await self._people.introduce(send)

    def _announce_all(self) -> None:
        self._devices.announce(discovery.hub_device(self._topics, self._version), again=True)
        ids = [self._topics.hub_device, self._topics.people_device]
        for spec in self._house.streams():
            self._devices.announce(self._device(spec), again=True)
            ids.append(self._topics.stream_device(spec.id))
        self._devices.remove_others(ids)

    async def _say_health(self, send: Send) -> None:
        self._sent_health = self._house_health()
        await send(Message(self._topics.health, self._sent_health, retain=True))

    def _announce(self, event: Event) -> None:
        match event:
            case StreamAdded(spec=spec) | StreamChanged(spec=spec) if self._is_ours(spec.id):
                self._devices.announce(self._device(spec))
            case StreamRemoved(stream_id=stream_id) if not self._is_ours(stream_id):
                self._devices.remove(self._topics.stream_device(stream_id))

    def _device(self, spec: StreamSpec) -> discovery.Device:
        return discovery.stream_device(
            spec,
            self._topics,
            self._version,
            keywords=self._keywords,
            keeps_snapshot=self._keeps_snapshots,
        )

    def _is_ours(self, stream_id: str) -> bool:
        return any(spec.id == stream_id for spec in self._house.streams())
