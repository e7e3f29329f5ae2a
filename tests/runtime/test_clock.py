from __future__ import annotations

import asyncio

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.runtime.clock import within


async def test_work_that_is_done_in_time_gives_its_result() -> None:
    clock = ManualClock()

    async def work() -> str:
        await clock.sleep(4)
        return "done"

    waiting = asyncio.create_task(within(work(), 5, clock))
    await clock.advance(4)
    assert await waiting == "done"
    assert clock.sleepers == 0


async def test_work_that_takes_too_long_is_cancelled() -> None:
    clock, cancelled = ManualClock(), asyncio.Event()

    async def work() -> bool:
        try:
            return await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = asyncio.create_task(within(work(), 5, clock))
    await clock.advance(5)
    assert await waiting is None
    await settle()
    assert cancelled.is_set()


async def test_what_work_raises_is_raised() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await within(work(), 5, ManualClock())
