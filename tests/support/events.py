"""What the bus told, in order, and waiting for more of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from tests.support.waiting import grown_until
from wallflower.domain.events import Event, StreamHealthChanged
from wallflower.domain.streams import StreamHealth, StreamState
from wallflower.runtime.bus import Bus, Subscription

WAIT_S = 30.0
"""Ends a test that fails."""

E = TypeVar("E", bound=Event)


class Events:
    """All events since it was made."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._grown = asyncio.Event()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.all if isinstance(event, kind)]

    def health(self, stream_id: str) -> list[StreamHealth]:
        told = [event.health for event in self.of(StreamHealthChanged)]
        return [health for health in told if health.stream_id == stream_id]

    def states(self, stream_id: str) -> list[StreamState]:
        """The states a stream went through, each once however often it was told."""
        states: list[StreamState] = []
        for health in self.health(stream_id):
            if not states or states[-1] is not health.state:
                states.append(health.state)
        return states

    def forget(self) -> None:
        """From now on only what is new counts."""
        self.all.clear()

    async def until(self, condition: Callable[[Events], bool]) -> None:
        await grown_until(
            self._grown,
            lambda: condition(self),
            wait_s=WAIT_S,
            have=lambda: "\n".join(map(str, self.all)),
        )

    async def state(self, stream_id: str, state: StreamState) -> StreamHealth:
        """Wait until the stream's newest state is `state`."""

        def there(me: Events) -> bool:
            return bool(me.health(stream_id)) and me.health(stream_id)[-1].state is state

        await self.until(there)
        return self.health(stream_id)[-1]

    async def _collect(self, subscription: Subscription) -> None:
        async for event in subscription:
            self.all.append(event)
            self._grown.set()


@contextlib.asynccontextmanager
async def recorded(bus: Bus) -> AsyncIterator[Events]:
    events = Events()
    with bus.subscribe("test") as subscription:
        collecting = asyncio.create_task(events._collect(subscription), name="events")
        try:
            yield events
        finally:
            collecting.cancel()
            await asyncio.wait((collecting,))
