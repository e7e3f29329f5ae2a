"""Lines on their way from the store to the broker, and text that is not finished yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from wallflower.domain.events import LineCommitted, LineCorrected, PartialHeard
from wallflower.publish import payloads
from wallflower.publish.outbox import NEWS, News, Outbox
from wallflower.publish.payloads import Message, Send
from wallflower.publish.topics import Topics
from wallflower.runtime.bus import Bus

PASSING: Final = 32
"""Texts that may wait for the broker; the oldest goes first."""


class Lines:
    """Publishes what the outbox holds, woken by the bus."""

    def __init__(
        self,
        outbox: Outbox,
        topics: Topics,
        bus: Bus,
        on_skipped: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._topics = topics
        self._bus = bus
        self._on_skipped = on_skipped
        self.in_hand = asyncio.Lock()
        """Held while a line is sent and not confirmed: who stops us then sends it twice."""

    async def run(self, send: Send) -> None:
        """Publish every line and every correction, once and in order, until the bus closes.

        Raises what `send` raises, and `StoreError`; the next run goes on with the same line.
        """
        # One event in the inbox is enough to look: the journal tells what is new.
        with self._bus.subscribe("mqtt lines", *NEWS, maxsize=1) as news:
            while True:
                skipped = self._outbox.skipped
                waiting = await self._outbox.pending()
                if self._outbox.skipped > skipped:
                    self._on_skipped()
                for event in waiting:
                    async with self.in_hand:
                        await send(self._message(event))
                        await self._outbox.confirmed(event)
                await self._outbox.save()
                if await anext(news, None) is None:
                    return

    async def run_partials(self, send: Send) -> None:
        """Publish text while someone still talks, without waiting for the broker to confirm."""
        with self._bus.subscribe("mqtt partials", PartialHeard, maxsize=PASSING) as texts:
            async for heard in texts:
                if isinstance(heard, PartialHeard):
                    topic = self._topics.of(heard.stream_id).partial
                    await send(Message(topic, payloads.partial(heard), qos=0))

    def _message(self, event: News) -> Message:
        if not isinstance(event, (LineCommitted, LineCorrected)):
            return Message(self._topics.correction, payloads.voices_corrected(event))
        t = self._topics.of(event.line.stream_id)
        # Not on the transcript's topic: Home Assistant would show an old line as the last one.
        topic = t.transcript if isinstance(event, LineCommitted) else t.correction
        return Message(topic, payloads.transcript(event.line))
