"""Keeps what the broker and Home Assistant believe of the people of the house true."""

from __future__ import annotations

import asyncio
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import NotFound
from wallflower.domain.events import (
    Event,
    LineCommitted,
    LineCorrected,
    LineDeleted,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
    StreamChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamSpec
from wallflower.publish import payloads
from wallflower.publish.announcer import REMOVED, Announcer
from wallflower.publish.discovery import people_device
from wallflower.publish.past import Past
from wallflower.publish.payloads import Message, Send
from wallflower.publish.roster import Roster
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person, by_slug
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock

CORRECTIONS: Final = (LineCorrected, LineDeleted, SpeakerForgotten, SpeakerMerged, SpeakerRenamed)
"""After these the store is asked: they may say that somebody was never there."""


class People:
    """A retained topic for each named voice and one device for all, over any number of connections.

    The roster names what stands at the broker, as `<voice id> <slug>`.
    """

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
    ) -> None:
        self._house = house
        self._topics = topics
        self._version = version
        self._bus = bus
        self._roster = roster
        self._past = past
        self._announcer = Announcer(clock)
        self._people: dict[int, Person] = {}
        self._said: dict[str, str] = {}
        """The payload of each person's topic, as the broker has it."""
        self._turn = asyncio.Lock()

    async def introduce(self, send: Send) -> None:
        """Say everything to a broker that may know nothing. Raises `StoreError`."""
        async with self._turn:
            self._said.clear()
            await self._ask()
            await self._say(send, again=True)

    async def follow(self, send: Send) -> None:
        """Say what changes, until the bus closes. Raises `StoreError`."""
        kinds = (LineCommitted, StreamChanged, StreamRemoved, *CORRECTIONS)
        with self._bus.subscribe("mqtt people", *kinds) as inbox:
            # What happened before we subscribed stands in the store.
            await self._take_in([], send, ask=True)
            lost = 0
            async for event in inbox:
                overflowed, lost = inbox.dropped > lost, inbox.dropped
                await self._take_in([event, *inbox.drain()], send, ask=overflowed)

    async def announce(self, send: Send) -> None:
        """Send the device's payload when it is due, for ever."""

        async def send_device(_: str | None, payload: str) -> None:
            topic = self._topics.discovery(self._topics.people_device)
            await send(Message(topic, payload, retain=True))
            async with self._turn:
                if payload == self._device():
                    await self._clear(send)

        await self._announcer.run(send_device)

    async def _take_in(self, events: list[Event], send: Send, *, ask: bool) -> None:
        async with self._turn:
            if ask or any(isinstance(event, CORRECTIONS) for event in events):
                await self._ask()
            else:
                for event in events:
                    self._note(event)
            await self._say(send)

    def _note(self, event: Event) -> None:
        if not isinstance(event, LineCommitted) or event.line.speaker is None:
            return
        person = self._people.get(event.line.speaker.id)
        if person is not None and event.line.speaker.sure:
            self._people[person.id] = person.heard(event.line)

    async def _ask(self) -> None:
        self._people = {person.id: person for person in await self._past.people()}

    async def _say(self, send: Send, *, again: bool = False) -> None:
        people = by_slug(self._people.values())
        await self._roster.add(*(_entry(slug, one) for slug, one in people.items()))
        for slug, person in people.items():
            topic = self._topics.person(slug)
            payload = payloads.person(person, self._stream(person))
            if self._said.get(topic) != payload:
                await send(Message(topic, payload, retain=True))
                self._said[topic] = payload
        if self._roster.names():
            self._announcer.announce(None, self._device(), again=again)

    async def _clear(self, send: Send) -> None:
        """Take away what Home Assistant does not look at any more."""
        people = by_slug(self._people.values())
        stale = self._roster.names() - {_entry(slug, one) for slug, one in people.items()}
        for slug in {_slug(entry) for entry in stale} - people.keys():
            topic = self._topics.person(slug)
            await send(Message(topic, "", retain=True))
            self._said.pop(topic, None)
        await self._roster.remove(*stale)

    def _device(self) -> str:
        people = by_slug(self._people.values())
        if not people:
            return REMOVED
        gone = {_id(entry) for entry in self._roster.names()} - self._people.keys()
        return people_device(people, gone, self._topics, self._version)

    def _stream(self, person: Person) -> StreamSpec | None:
        try:
            return self._house.stream(person.stay.stream_id) if person.stay else None
        except NotFound:
            return None


def _entry(slug: str, person: Person) -> str:
    return f"{person.id} {slug}"


def _id(entry: str) -> int:
    return int(entry.partition(" ")[0])


def _slug(entry: str) -> str:
    return entry.partition(" ")[2]
