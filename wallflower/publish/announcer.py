"""When which device payload goes to Home Assistant.

Home Assistant takes a device payload apart and sets up its entities one after the other. A
payload that comes while it is at it is dropped but for one entity. So payloads of one device
keep a distance, and what is due meanwhile is replaced by what is newer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from wallflower.runtime.clock import Clock, wait_until

GAP_S: Final = 3.0
"""Least time between two payloads of one device; entities are set up in well under 1 s."""

REMOVED: Final = ""
"""The payload that removes a device."""


class Announcer:
    """Device payloads on their way out. Remembers what was sent, across connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str | None, str] = {}
        self._sent: dict[str | None, tuple[str, float]] = {}
        self._wake = asyncio.Event()

    def announce(self, stream_id: str | None, payload: str, *, again: bool = False) -> None:
        """Have the `payload` of a stream, or of the house (None), sent soon.

        What was sent last is sent once more only if `again`.
        """
        last = self._sent.get(stream_id)
        if not again and last is not None and last[0] == payload:
            self._due.pop(stream_id, None)
            return
        self._due[stream_id] = payload
        self._wake.set()

    async def run(self, send: Callable[[str | None, str], Awaitable[None]]) -> None:
        """Send what is due by `send(stream_id, payload)`, for ever.

        Raises what `send` raises; the payload it failed on is due again.
        """
        while True:
            self._wake.clear()
            for stream_id in [d for d in self._due if self._delay_s(d) <= 0]:
                payload = self._due.pop(stream_id)
                # Noted first: whether or not the broker got it, it may have.
                self._sent[stream_id] = (payload, self._clock.monotonic())
                try:
                    await send(stream_id, payload)
                except BaseException:
                    self._due.setdefault(stream_id, payload)
                    raise
            if self._due:
                soonest_s = min(self._delay_s(stream_id) for stream_id in self._due)
                await wait_until(self._wake, soonest_s, self._clock)
            else:
                await self._wake.wait()

    def _delay_s(self, stream_id: str | None) -> float:
        last = self._sent.get(stream_id)
        return 0.0 if last is None else last[1] + GAP_S - self._clock.monotonic()
