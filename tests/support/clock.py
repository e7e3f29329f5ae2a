"""A clock that only moves when told."""

from __future__ import annotations

import asyncio
import heapq

from wallflower.domain.times import WallTime


class ManualClock:
    """`Clock` turned by hand: `advance` wakes sleepers in order and lets the loop run."""

    def __init__(self, wall: str = "2026-01-01T00:00:00Z") -> None:
        self._start = WallTime.from_iso(wall)
        self._now_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def wall(self) -> WallTime:
        return self._start.plus(self._now_s)

    def monotonic(self) -> float:
        return self._now_s

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._now_s + seconds, self._count, future))
        await future

    @property
    def sleepers(self) -> int:
        """How many tasks wait on this clock."""
        return sum(1 for _, _, future in self._sleepers if not future.done())

    async def advance(self, seconds: float) -> None:
        """Move time on by `seconds`, running whatever becomes due on the way."""
        await settle()
        until = self._now_s + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            due_s, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now_s = due_s
                future.set_result(None)
                await settle()
        self._now_s = until
        await settle()


async def settle(turns: int = 20) -> None:
    """Let every task that can run do so."""
    for _ in range(turns):
        await asyncio.sleep(0)
