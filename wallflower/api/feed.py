"""What one client of the event stream is told, in order, with no stored event missing or twice.

The journal is the truth and the bus the shortcut. A stored event that follows directly on the
last one told (ids grow by one) goes out as it comes from the bus. Whenever one does not (the
hand-over after a replay, an inbox that overflowed, two writers whose announcements overtook each
other), everything after the last one told is read from the journal instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from wallflower.domain.events import (
    Event,
    LineCommitted,
    LineCorrected,
    LineDeleted,
    Recorded,
    SpeakerForgotten,
    SpeakerMerged,
    SpeakerRenamed,
)
from wallflower.runtime.bus import INBOX, Bus, Subscription
from wallflower.runtime.clock import Clock
from wallflower.store.journal import Journal

KEEP_ALIVE_S: Final = 15.0
"""Silence after which proxies and browsers are told that the stream still lives."""

BATCH: Final = 500
"""Events read from the journal at once."""

RECORDED: Final = (
    LineCommitted,
    LineCorrected,
    LineDeleted,
    SpeakerRenamed,
    SpeakerMerged,
    SpeakerForgotten,
)
"""The members of `Recorded`, for `isinstance`."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The stream begins here, or live events were lost: ask for the present state afresh."""

    last_event_id: int
    """The journal's last event at this moment."""
    told: int
    """The last stored event this client has been told of."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing happened for `KEEP_ALIVE_S`."""


class Feed:
    """The events of `bus` for one client, completed from `journal`."""

    def __init__(
        self,
        bus: Bus,
        journal: Journal,
        *,
        clock: Clock,
        closing: asyncio.Event,
        inbox_size: int = INBOX,
    ) -> None:
        self._bus = bus
        self._journal = journal
        self._clock = clock
        self._closing = closing
        self._inbox_size = inbox_size
        self._told = 0

    async def follow(self, after: int | None) -> AsyncGenerator[Hello | Quiet | Event, None]:
        """`Hello`, the journal after event `after` (None: from now on), then live events.

        An `after` the journal has not reached (its database was replaced) counts as None. Ends
        when `closing` is set or the bus closes. A client that reads so slowly that its inbox
        overflows gets another `Hello` and what the journal has; what is not stored is lost to it.
        Raises `StoreError` when the journal cannot be read.
        """
        closing = asyncio.create_task(self._closing.wait(), name="events: closing")
        try:
            # Subscribed before the journal is read: nothing can fall between the two.
            with self._bus.subscribe("events", maxsize=self._inbox_size) as inbox:
                last = await self._journal.last_id()
                self._told = last if after is None or after > last else after
                yield Hello(last, self._told)
                async for event in self._catch_up(last):
                    yield event
                lost = 0
                while (item := await self._next(inbox, closing)) is not None:
                    if inbox.dropped > lost:
                        lost = inbox.dropped
                        last = await self._journal.last_id()
                        yield Hello(last, self._told)
                        async for event in self._catch_up(last):
                            yield event
                    if not isinstance(item, RECORDED):
                        yield item
                    elif item.event_id == self._told + 1:
                        self._told = item.event_id
                        yield item
                    elif item.event_id > self._told:
                        async for event in self._catch_up(item.event_id):
                            yield event
        finally:
            closing.cancel()

    async def _catch_up(self, last: int) -> AsyncGenerator[Recorded, None]:
        """The journal from after what was told up to event `last` at least."""
        while self._told < last and not self._closing.is_set():
            batch = await self._journal.after(self._told, limit=BATCH)
            for event in batch:
                self._told = event.event_id
                yield event
            if not batch:
                self._told = last  # the rest was pruned

    async def _next(self, inbox: Subscription, closing: asyncio.Task[bool]) -> Event | Quiet | None:
        """The next event, or `Quiet`; None at the end."""
        arrival = asyncio.create_task(_receive(inbox), name="events: arrival")
        quiet = asyncio.create_task(self._clock.sleep(KEEP_ALIVE_S), name="events: quiet")
        try:
            await asyncio.wait((arrival, quiet, closing), return_when=asyncio.FIRST_COMPLETED)
            if closing.done():
                return None
            return arrival.result() if arrival.done() else Quiet()
        finally:
            # A cancelled arrival leaves its event in the inbox.
            arrival.cancel()
            quiet.cancel()


async def _receive(inbox: Subscription) -> Event | None:
    async for event in inbox:
        return event
    return None
