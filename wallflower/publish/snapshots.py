"""Pictures at the broker: on order, and when somebody begins to talk."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wallflower.domain.control import HouseControl
from wallflower.domain.errors import WallflowerError
from wallflower.domain.events import SpeechChanged
from wallflower.publish.answers import Answers
from wallflower.publish.payloads import SNAPSHOT, Message, Send
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock

WIDTH: Final = 1280
"""Pixels; a dashboard shows no more, and a picture stays well under 1 MB."""
EVERY_S: Final = 30.0
"""Least time between two pictures of one stream that nobody ordered."""

_log = logging.getLogger(__name__)


class Snapshots:
    """Takes one picture of a stream at a time. What comes of an order is an answer."""

    def __init__(
        self,
        house: HouseControl,
        topics: Topics,
        bus: Bus,
        clock: Clock,
        answers: Answers,
        *,
        retain: bool,
    ) -> None:
        self._house = house
        self._topics = topics
        self._bus = bus
        self._clock = clock
        self._answers = answers
        self._retain = retain
        self._wanted: dict[str, bool] = {}
        """Streams to take a picture of, and whether somebody ordered it."""
        self._wake = asyncio.Event()
        self._taking: set[str] = set()
        self._taken_s: dict[str, float] = {}
        self._failing: set[str] = set()

    def order(self, stream_id: str) -> None:
        """Have a picture taken now."""
        self._wanted[stream_id] = True
        self._wake.set()

    async def follow(self) -> None:
        """Have a picture taken when somebody begins to talk, until the bus closes."""
        with self._bus.subscribe("mqtt snapshots", SpeechChanged) as inbox:
            async for event in inbox:
                if isinstance(event, SpeechChanged) and event.on and self._is_due(event.stream_id):
                    self._wanted.setdefault(event.stream_id, False)
                    self._wake.set()

    async def run(self, send: Send) -> None:
        """Take and send pictures, for ever."""
        self._taking.clear()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._wake.wait()
                self._wake.clear()
                for stream_id in self._wanted.keys() - self._taking:
                    ordered = self._wanted.pop(stream_id)
                    self._taking.add(stream_id)
                    group.create_task(
                        self._take(stream_id, ordered, send), name=f"mqtt snapshot {stream_id}"
                    )

    def _is_due(self, stream_id: str) -> bool:
        last_s = self._taken_s.get(stream_id)
        return last_s is None or self._clock.monotonic() - last_s >= EVERY_S

    async def _take(self, stream_id: str, ordered: bool, send: Send) -> None:
        self._taken_s[stream_id] = self._clock.monotonic()
        error = None
        try:
            picture = await self._house.snapshot(stream_id, width=WIDTH)
        except WallflowerError as failure:
            error = str(failure)
            if stream_id not in self._failing:
                _log.warning("There is no picture of %s for MQTT: %s", stream_id, error)
            self._failing.add(stream_id)
        else:
            topic = self._topics.of(stream_id).snapshot
            await send(Message(topic, picture, retain=self._retain))
            self._failing.discard(stream_id)
        if ordered:
            self._answers.give(stream_id, SNAPSHOT, error)
        self._taking.discard(stream_id)
        self._wake.set()
