"""Events: what is news for a moment, and none afterwards."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from wallflower.domain.events import Event, KeywordHeard, LineCommitted, SilenceChanged
from wallflower.domain.times import WallTime
from wallflower.publish import payloads
from wallflower.publish.payloads import Message, Send
from wallflower.publish.starts import Starts
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock

LATE_S: Final = 60.0
"""What waited for the broker and is older is not told any more."""
APART_S: Final = 0.2
"""Between two events on one topic. The state of an event in Home Assistant is when it heard it, to
the millisecond: of two in the same one, automations see the first only."""


class Moments:
    """Keywords, silence, and who starts to talk.

    An event is never retained. While the broker is away it waits, up to `LATE_S`: a call for help
    must not be lost to a broker that restarts. After that it is dropped: a siren that goes off an
    hour late is worse than none, and the line itself is still published. One comes twice only if
    the connection breaks between sending it and its confirmation.
    """

    def __init__(self, topics: Topics, bus: Bus, clock: Clock) -> None:
        self._topics = topics
        self._clock = clock
        self._starts = Starts()
        # Open also while there is no connection.
        self._inbox = bus.subscribe("mqtt events", KeywordHeard, SilenceChanged, LineCommitted)
        self._waiting: deque[tuple[Message, WallTime]] = deque()
        self._told_at: dict[str, float] = {}
        self._progress = asyncio.Event()

    async def run(self, send: Send) -> None:
        """Tell what waited and is still news, and then what comes, until the bus closes."""
        for event in self._inbox.drain():
            self._take(event)
        now = self._clock.wall()
        self._waiting = deque(one for one in self._waiting if now.seconds_since(one[1]) <= LATE_S)
        await self._tell(send)
        async for event in self._inbox:
            # Told however long ago it was: recognising it took its time, not the broker.
            self._take(event)
            await self._tell(send)
            self._progress.set()

    async def all_told(self) -> None:
        """Wait until `run` has told all that has come: the last line may hold two keywords."""
        while self._inbox.waiting or self._waiting:
            self._progress.clear()
            await self._progress.wait()

    async def _tell(self, send: Send) -> None:
        while self._waiting:
            message, _ = self._waiting[0]
            if (last_s := self._told_at.get(message.topic)) is not None:
                await self._clock.sleep(last_s + APART_S - self._clock.monotonic())
            await send(message)
            self._told_at[message.topic] = self._clock.monotonic()
            self._waiting.popleft()

    def _take(self, event: Event) -> None:
        match event:
            case KeywordHeard(stream_id=stream_id, at=at):
                topic = self._topics.of(stream_id).event_keyword
                self._waiting.append((Message(topic, payloads.keyword_event(event)), at))
            case SilenceChanged(stream_id=stream_id, at=at):
                topic = self._topics.of(stream_id).event_silence
                self._waiting.append((Message(topic, payloads.silence_event(event)), at))
            case LineCommitted(line=line) if self._starts.begins(line, self._clock.wall()):
                if line.speaker is not None:
                    topic = self._topics.of(line.stream_id).event_speaker
                    payload = payloads.speaker_event(line, line.speaker)
                    self._waiting.append((Message(topic, payload), line.end))
            case _:
                pass
