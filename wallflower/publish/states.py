"""Keeps what the broker and Home Assistant believe equal to what is true."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
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
from wallflower.domain.streams import StreamSpec
from wallflower.domain.voices import Voice
from wallflower.publish import discovery
from wallflower.publish.announcer import REMOVED, Announcer
from wallflower.publish.past import Past
from wallflower.publish.payloads import ONLINE, Message, Send
from wallflower.publish.people import People
from wallflower.publish.present import FACTS, Present
from wallflower.publish.roster import Roster
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until

HEALTH_EVERY_S: Final = 30.0
"""How often the house's health is looked at when no event asks for it."""
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
        roster: Roster,
        past: Past,
        people: People,
        house_health: Callable[[], str],
    ) -> None:
        self._house = house
        self._topics = topics
        self._version = version
        self._clock = clock
        self._roster = roster
        self._past = past
        self._people = people
        self._house_health = house_health
        self._present = Present(house, topics)
        self._announcer = Announcer(clock)
        # Open also while there is no connection, so that nothing of the present is missed.
        self._inbox = bus.subscribe("mqtt states", *FACTS, HealthChanged)
        self._missed = 0
        self._turn = asyncio.Lock()
        """Held while states go out: a snapshot must not overtake what came after it."""
        self._sent_health: str | None = None
        self.health_due = asyncio.Event()
        self.born = asyncio.Event()
        """Set when Home Assistant says that it has started."""

    async def introduce(self, send: Send) -> None:
        """Say all that is true, and that we are here. Raises `StoreError`."""
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
            if isinstance(event, StreamAdded):
                await self._roster.add(event.spec.id)
            async with self._turn:
                for message in await self._apply(event):
                    await send(message)
            match event:
                case StreamAdded(spec=spec) | StreamChanged(spec=spec) if self._is_ours(spec.id):
                    self._announcer.announce(spec.id, self._device(spec))
                case StreamRemoved(stream_id=stream_id):
                    self._announcer.announce(stream_id, REMOVED)
            self.health_due.set()

    async def announce(self, send: Send) -> None:
        """Send device payloads when they are due, for ever."""

        async def send_device(stream_id: str | None, payload: str) -> None:
            topic = self._topics.discovery(self._topics.device(stream_id))
            await send(Message(topic, payload, retain=True))
            if stream_id is not None and payload == REMOVED:
                await self._clear(stream_id, send)

        await self._announcer.run(send_device)

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
            await self._say_everything(send)

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
        streams = self._house.streams()
        await self._roster.add(*(spec.id for spec in streams))
        async with self._turn:
            for message in self._present.all():
                await send(message)
        await self._say_health(send)
        await send(Message(self._topics.status, ONLINE, retain=True))
        hub = discovery.hub_device(self._topics, self._version)
        self._announcer.announce(None, hub, again=True)
        for spec in self._house.streams():
            self._announcer.announce(spec.id, self._device(spec), again=True)
        for stream_id in self._roster.names():
            if not self._is_ours(stream_id):
                self._announcer.announce(stream_id, REMOVED, again=True)
        await self._people.introduce(send)

    async def _say_health(self, send: Send) -> None:
        self._sent_health = self._house_health()
        await send(Message(self._topics.health, self._sent_health, retain=True))

    async def _clear(self, stream_id: str, send: Send) -> None:
        async with self._turn:
            if self._is_ours(stream_id):
                return  # added again meanwhile
            for message in self._present.cleared(stream_id):
                await send(message)
            await self._roster.remove(stream_id)

    def _device(self, spec: StreamSpec) -> str:
        return discovery.stream_device(spec, self._topics, self._version)

    def _is_ours(self, stream_id: str) -> bool:
        return any(spec.id == stream_id for spec in self._house.streams())
