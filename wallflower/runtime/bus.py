"""The event plane: frozen facts to everybody who asked, never waiting for anybody."""

from __future__ import annotations

from types import TracebackType
from typing import Final

from wallflower.domain.events import Event
from wallflower.runtime.queues import DropOldest, QueueClosed

INBOX: Final = 1024


class Subscription:
    """An inbox of its own; iterate over it. Ends when the bus closes or on leaving `with`."""

    def __init__(self, bus: Bus, name: str, kinds: tuple[type[Event], ...], maxsize: int) -> None:
        self.name = name
        self._bus = bus
        self._kinds = kinds
        self._queue: DropOldest[Event] = DropOldest(maxsize)

    @property
    def dropped(self) -> int:
        """Events this subscriber was too slow for."""
        return self._queue.dropped

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bus._leave(self)
        self._queue.close()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Event:
        try:
            return await self._queue.get()
        except QueueClosed:
            raise StopAsyncIteration from None

    @property
    def waiting(self) -> int:
        """How many events are in the inbox."""
        return len(self._queue)

    def drain(self) -> list[Event]:
        """What came so far and was not read, taken out of the inbox without waiting."""
        return self._queue.drain()

    def _offer(self, event: Event) -> None:
        if not self._kinds or isinstance(event, self._kinds):
            self._queue.put(event)

    def _end(self) -> None:
        self._queue.close()


class Bus:
    """Publish and subscribe inside one event loop."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._closed = False

    def publish(self, event: Event) -> None:
        """Hand `event` to every subscription's inbox. Loop thread only; never blocks."""
        for subscription in self._subscriptions:
            subscription._offer(event)

    def subscribe(self, name: str, *kinds: type[Event], maxsize: int = INBOX) -> Subscription:
        """An inbox for events of `kinds` (all when none is given), from now on."""
        subscription = Subscription(self, name, kinds, maxsize)
        if self._closed:
            subscription._end()
        else:
            self._subscriptions.append(subscription)
        return subscription

    def dropped(self) -> dict[str, int]:
        """Events lost per subscription that lost any."""
        return {s.name: s.dropped for s in self._subscriptions if s.dropped}

    def close(self) -> None:
        """End every subscription once it has read what is in its inbox."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription._end()
        self._subscriptions.clear()

    def _leave(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
