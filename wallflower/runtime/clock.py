"""The clock is injected, so that time-outs are tested exactly and without sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from wallflower.domain.times import WallTime

Result = TypeVar("Result")


class Clock(Protocol):
    def wall(self) -> WallTime:
        """Now, in UTC. May jump when the system's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never jumps."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def wall(self) -> WallTime:
        return WallTime(time.time_ns())

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def wait_until(
    event: asyncio.Event,
    timeout_s: float | None,
    clock: Clock,
    *others: asyncio.Event,
) -> bool:
    """Wait for `event`, one of `others` or `timeout_s` on `clock` (None: without limit).

    Tells whether `event` itself is set.
    """
    events = (event, *others)
    if any(one.is_set() for one in events):
        return event.is_set()
    waiters = [asyncio.ensure_future(one.wait()) for one in events]
    timer = [] if timeout_s is None else [asyncio.ensure_future(clock.sleep(timeout_s))]
    try:
        await asyncio.wait([*waiters, *timer], return_when=asyncio.FIRST_COMPLETED)
        return event.is_set()
    finally:
        for waiter in [*waiters, *timer]:
            waiter.cancel()


async def within(
    work: Coroutine[Any, Any, Result], timeout_s: float, clock: Clock
) -> Result | None:
    """What `work` gives; None, and `work` is cancelled, when it takes longer on `clock`."""
    done = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(timeout_s))
    try:
        await asyncio.wait((done, timer), return_when=asyncio.FIRST_COMPLETED)
        return done.result() if done.done() else None
    finally:
        done.cancel()
        timer.cancel()
