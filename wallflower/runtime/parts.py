"""Supervised parts of the appliance that begin and end together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from wallflower.runtime.backoff import Delays
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health
from wallflower.runtime.supervisor import supervise

RunOnce = Callable[[], Awaitable[None]]
"""What `supervise` runs again and again."""


class Parts:
    """Each part runs under a supervisor of its own, as a task of `tasks`.

    With `closing`, a part that returns after it is set has ended; without, parts go on until
    `stop`.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        clock: Clock,
        health: Health,
        closing: asyncio.Event | None = None,
    ) -> None:
        self._tasks = tasks
        self._clock = clock
        self._health = health
        self._closing = closing
        self._running: list[asyncio.Task[None]] = []

    def start(self, name: str, run_once: RunOnce, backoff: Delays | None = None) -> None:
        """Begin the part `name`, which is also its name in the health report."""
        supervised = supervise(
            name,
            run_once,
            clock=self._clock,
            health=self._health,
            closing=self._closing,
            backoff=backoff,
        )
        self._running.append(self._tasks.create_task(supervised, name=name))

    async def stop(self, patience_s: float = 0.0) -> None:
        """End all parts: by themselves within `patience_s` (after `closing`), or cancelled."""
        if self._running and patience_s > 0:
            await asyncio.wait(self._running, timeout=patience_s)
        for part in self._running:
            part.cancel()
        if self._running:
            await asyncio.wait(self._running)
        self._running.clear()
