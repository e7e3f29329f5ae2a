"""What is kept no longer than it is good for: once when Wallflower starts, then every day."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wallflower.domain.events import SpeakerForgotten
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.health import Health, HealthState
from wallflower.store import Store

DAY_S: Final = 24 * 3600.0
SCRUB: Final = "scrub"
"""The name of that part in the health report."""

_log = logging.getLogger(__name__)


async def scrub(store: Store, bus: Bus, health: Health) -> None:
    """Leave nothing of who was forgotten in the file, now and whenever somebody is.

    For `supervise`: what a full disk keeps from being wiped is tried again. Until the bus closes.
    """
    with bus.subscribe(SCRUB, SpeakerForgotten, maxsize=1) as forgotten:
        await store.people.scrub()
        health.report(SCRUB, HealthState.OK)
        async for _ in forgotten:
            await store.people.scrub()


class Keeping:
    """Forgets strangers nobody has heard for long, and prunes journal, prints and corrections."""

    def __init__(
        self, store: Store, bus: Bus, clock: Clock, *, forget_unknown_after_days: float
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._unknown_s = forget_unknown_after_days * DAY_S

    async def run_once(self, leaving: asyncio.Event) -> None:
        """Tidy up, then wait for a day or until `leaving`. For `supervise`."""
        await self.tidy()
        await wait_until(leaving, DAY_S, self._clock)

    async def tidy(self) -> None:
        """Raises `StoreError`; what was done until then is done."""
        before = self._clock.wall().plus(-self._unknown_s)
        forgotten = await self._store.people.forget_unheard(before)
        for event in forgotten:
            self._bus.publish(event)
        pruned = await self._store.lines.prune_prints()
        await self._store.people.prune()
        await self._store.journal.prune()
        if forgotten or pruned:
            _log.info("Forgot %d strangers, and how %d lines sounded.", len(forgotten), pruned)
