"""Keeps what the broker and Home Assistant believe of the people of the house true."""

from __future__ import annotations

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
from wallflower.publish.devices import Devices
from wallflower.publish.discovery import people_device
from wallflower.publish.past import Past
from wallflower.publish.payloads import Message, Send
from wallflower.publish.topics import Topics
from wallflower.publish.whereabouts import Person, by_slug
from wallflower.runtime.bus import Bus

CORRECTIONS: Final = (LineCorrected, LineDeleted, SpeakerForgotten, SpeakerMerged, SpeakerRenamed)
"""After these the store is asked: they may say that somebody was never there."""


class People:
    """A retained topic for each named voice and one device for all, over all connections."""

    def __init__(
        self,
        *,
        house: HouseControl,
        topics: Topics,
        version: str,
        bus: Bus,
        devices: Devices,
        past: Past,
    ) -> None:
        self._house = house
        self._topics = topics
        self._version = version
        self._bus = bus
        self._devices = devices
        self._past = past
        self._people: dict[int, Person] = {}
        self._said: dict[str, str] = {}
        """The payload of each person's topic, as the broker has it."""

    async def introduce(self, send: Send) -> None:
        """Say everything to a broker that may know nothing. Raises `StoreError`."""
        async with self._devices.turn:
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

    async def _take_in(self, events: list[Event], send: Send, *, ask: bool) -> None:
        async with self._devices.turn:
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
        if people:
            device = people_device(people, self._topics, self._version)
            self._devices.announce(device, again=again)
        else:
            self._devices.remove(self._topics.people_device, again=again)
        said, self._said = self._said, {}
        for slug, person in people.items():
            topic = self._topics.person(slug)
            payload = payloads.person(person, self._stream(person))
            if said.get(topic) != payload:
                await send(Message(topic, payload, retain=True))
            self._said[topic] = payload

    def _stream(self, person: Person) -> StreamSpec | None:
        try:
            return self._house.stream(person.stay.stream_id) if person.stay else None
        except NotFound:
            return None
