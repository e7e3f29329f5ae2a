"""A Wallflower of which only the presence on the network is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from tests.support.clock import ManualClock
from wallflower.publish.mdns import Identity, Presence
from wallflower.publish.mdns.presence import LISTEN_FIRST_S
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health

PATIENCE_S: Final = 60.0
PORT: Final = 8757


class Box:
    def __init__(
        self,
        id_: str,
        name: str,
        addresses: Callable[[], Sequence[str]],
        clock: Clock | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.health = Health()
        self.closing = asyncio.Event()
        self.presence = Presence(
            Identity(id_, name, "0.1.0"),
            host="0.0.0.0",
            clock=clock or self.clock,
            health=self.health,
            addresses=addresses,
        )

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Announced while inside."""
        running = asyncio.create_task(self.presence.run_once(PORT, self.closing))
        try:
            while "mdns" not in self.health.parts():
                assert not running.done()
                await asyncio.wait((running,), timeout=0.02)
                await self.clock.advance(LISTEN_FIRST_S)
            yield
        finally:
            self.closing.set()
            async with asyncio.timeout(PATIENCE_S):
                await running
