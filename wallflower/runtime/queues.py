"""The bounded queue of the media plane."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class DropOldest(Generic[T]):
    """A queue that never blocks its producer: when full, the oldest item goes and is counted.

    One event loop only; any number of producers and consumers.
    """

    def __init__(self, maxsize: int) -> None:
        if maxsize < 1:
            raise ValueError(f"maxsize must be at least 1, not {maxsize}")
        self._items: deque[T] = deque()
        self._maxsize = maxsize
        self._ready = asyncio.Event()
        self._closed = False
        self.dropped = 0
        """How many items were thrown away, ever."""

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> T | None:
        """Append `item`; return the item that had to go for it, if any.

        After `close` the item is ignored.
        """
        if self._closed:
            return None
        lost: T | None = None
        if len(self._items) >= self._maxsize:
            lost = self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        self._ready.set()
        return lost

    async def get(self) -> T:
        """The oldest item, waited for. Raises `QueueClosed` when closed and empty."""
        while not self._items:
            if self._closed:
                raise QueueClosed
            self._ready.clear()
            await self._ready.wait()
        return self._items.popleft()

    def drain(self) -> list[T]:
        """Take out all that is there, oldest first, without waiting."""
        items = list(self._items)
        self._items.clear()
        return items

    def close(self) -> None:
        """No more items: consumers get what is left, then `QueueClosed`."""
        self._closed = True
        self._ready.set()


class QueueClosed(Exception):
    """The producer is done and nothing is left."""
