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


class Announcer:
    """Device payloads on their way out. Remembers what was sent, across connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, str] = {}
        self._sent: dict[str, tuple[str, float]] = {}
        self._wake = asyncio.Event()

    def announce(self, topic: str, payload: str, *, again: bool = False) -> None:
        """Have the `payload` of the device on `topic` sent soon.

        What was sent last is sent once more only if `again`.
        """
        last = self._sent.get(topic)
        if not again and last is not None and last[0] == payload:
            self._due.pop(topic, None)
            return
        self._due[topic] = payload
        self._wake.set()

    async def run(self, send: Callable[[str, str], Awaitable[None]]) -> None:
        """Send what is due by `send(topic, payload)`, for ever.

        Raises what `send` raises; the payload it failed on is due again.
        """
        while True:
            self._wake.clear()
            for topic in [one for one in self._due if self._delay_s(one) <= 0]:
                payload = self._due.pop(topic)
                # Noted first: whether or not the broker got it, it may have.
                self._sent[topic] = (payload, self._clock.monotonic())
                try:
                    await send(topic, payload)
                except BaseException:
                    self._due.setdefault(topic, payload)
                    raise
            if self._due:
                soonest_s = min(self._delay_s(topic) for topic in self._due)
                await wait_until(self._wake, soonest_s, self._clock)
            else:
                await self._wake.wait()

    def _delay_s(self, topic: str) -> float:
        last = self._sent.get(topic)
        return 0.0 if last is None else last[1] + GAP_S - self._clock.monotonic()
