"""When Home Assistant has surely taken in what it was told of a device.

Its entities turn to other topics one after the other, a while after the device payload. A retained
topic that is cleared before an entity has left it gives that entity a state it cannot read.
"""

from __future__ import annotations

import asyncio
from typing import Final

from wallflower.runtime.clock import Clock, wait_until

SETTLE_S: Final = 5.0
"""Entities follow their device payload within 1 s on an idle machine."""


class Settling:
    """The last payload of each device, until it has settled. Topics are those of discovery."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, tuple[str, float]] = {}
        self._wake = asyncio.Event()

    def told(self, topic: str, payload: str) -> None:
        """The broker has `payload`; one that came before it never settles."""
        self._told[topic] = (payload, self._clock.monotonic() + SETTLE_S)
        self._wake.set()

    async def next(self) -> str:
        """Wait until a device has settled; its topic, for `take`."""
        while True:
            self._wake.clear()
            soonest = min(self._told, key=self._delay_s, default=None)
            if soonest is not None and self._delay_s(soonest) <= 0:
                return soonest
            delay_s = None if soonest is None else self._delay_s(soonest)
            await wait_until(self._wake, delay_s, self._clock)

    def take(self, topic: str) -> str | None:
        """The payload that has settled, once; None where one has come since."""
        if topic not in self._told or self._delay_s(topic) > 0:
            return None
        return self._told.pop(topic)[0]

    def _delay_s(self, topic: str) -> float:
        return self._told[topic][1] - self._clock.monotonic()
