"""What became of the orders that came over MQTT: who gave one sees it in the state."""

from __future__ import annotations

import asyncio

from wallflower.publish.payloads import Answer
from wallflower.runtime.clock import Clock


class Answers:
    """The last answer to each stream, and to the house (None)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str | None, Answer] = {}
        self._new: dict[str | None, None] = {}
        self._wake = asyncio.Event()

    def give(self, stream_id: str | None, command: str, error: str | None = None) -> None:
        """`command` was carried out, or (`error`: a sentence) could not be."""
        self._last[stream_id] = Answer(command, error, self._clock.wall())
        self._new[stream_id] = None
        self._wake.set()

    def to(self, stream_id: str | None) -> Answer | None:
        """The last one; None before the first order."""
        return self._last.get(stream_id)

    def forget(self, stream_id: str) -> None:
        """The stream is gone."""
        self._last.pop(stream_id, None)

    async def next(self) -> str | None:
        """Wait for a new answer; the stream it is of, or the house."""
        while not self._new:
            self._wake.clear()
            await self._wake.wait()
        return self._new.popitem()[0]
