"""The pipeline's last stage: every line into the store, and only then to everybody."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from wallflower.domain.errors import DatabaseDamaged, StoreError
from wallflower.domain.speech import Line
from wallflower.domain.times import WallTime
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock
from wallflower.runtime.health import Health, HealthState
from wallflower.store.database import Store

PART: Final = "store"
"""The name of the store in the health report."""

LIMIT: Final = 10_000
"""Lines kept in memory while the store fails: a day of much talk, some 20 MB."""

BATCH: Final = 256
"""Lines to one transaction: it takes the writer about 0.1 s."""


class Committer:
    """Commits lines in the order they came and publishes each once it is stored.

    While the store fails (a full disk, say), lines wait in memory and `run_once` tries again.
    Past `limit` the oldest go, as in every queue here: what was just said is what people and
    automations still act on. Lines lost that way are counted in `dropped`.
    """

    def __init__(
        self, store: Store, bus: Bus, clock: Clock, health: Health, limit: int = LIMIT
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._health = health
        self._limit = limit
        self._waiting: deque[Line] = deque()
        self._turn = asyncio.Lock()
        self._failed = asyncio.Event()
        self._failure: StoreError | None = None
        self._failed_at: WallTime | None = None
        self.dropped = 0
        """How many lines were lost, ever."""

    def __len__(self) -> int:
        """Lines that wait to be stored."""
        return len(self._waiting)

    async def put(self, lines: Sequence[Line]) -> None:
        """Store and publish `lines`, or keep them in memory when the store fails.

        Lines put while others are being written share the next transaction.
        """
        self._waiting.extend(lines)
        self._trim()
        if self._failure is None:
            await self._drain()

    async def run_once(self) -> None:
        """Wait until lines had to be kept, then try once to store them all.

        For `supervise`, whose backoff spaces the attempts. A database that was damaged while in
        use is repaired first. Raises what went wrong, a `StoreError`, if it still does.
        """
        await self._failed.wait()
        await self.flush()

    async def flush(self) -> None:
        """Store and publish every waiting line now, or raise the `StoreError` in the way."""
        if isinstance(self._failure, DatabaseDamaged):
            await self._store.repair()
        self._failure = None
        await self._drain()
        if self._failure is not None:
            raise self._failure

    async def _drain(self) -> None:
        async with self._turn:
            while self._waiting and self._failure is None:
                batch = list(islice(self._waiting, BATCH))
                for _ in batch:
                    self._waiting.popleft()
                storing = asyncio.create_task(self._commit(batch), name="commit lines")
                try:
                    await asyncio.shield(storing)
                finally:
                    # Cancelling does not stop the writer's thread. See it through, so that no
                    # line is stored and not published, or neither.
                    await asyncio.wait((storing,))

    async def _commit(self, batch: list[Line]) -> None:
        try:
            events = await self._store.lines.commit(batch)
        except StoreError as error:
            self._waiting.extendleft(reversed(batch))
            self._trim()
            self._fail(error)
            return
        for event in events:
            self._bus.publish(event)
        if self._failed.is_set() and not self._waiting:
            self._recover()

    def _trim(self) -> None:
        while len(self._waiting) > self._limit:
            self._waiting.popleft()
            self.dropped += 1

    def _fail(self, error: StoreError) -> None:
        self._failed_at = self._failed_at or self._clock.wall()
        waiting = f"{len(self._waiting)} lines wait in memory since {self._failed_at.iso()}."
        self._failure = type(error)(f"{error} {waiting}")
        self._failed.set()
        self._health.report(PART, HealthState.DEGRADED, str(self._failure), error.code)

    def _recover(self) -> None:
        self._failed.clear()
        self._failed_at = None
        losses = []
        if self._store.damage is not None:
            losses.append(self._store.damage)
        if self.dropped:
            losses.append(f"{self.dropped} lines were lost while the store could not be written.")
        if losses:
            self._health.report(PART, HealthState.DEGRADED, " ".join(losses), "lines_lost")
        else:
            self._health.report(PART, HealthState.OK)
