from __future__ import annotations

import asyncio

from tests.support.clock import ManualClock
from wallflower.publish.settling import SETTLE_S, Settling


async def test_a_device_settles_a_while_after_it_was_told() -> None:
    clock = ManualClock()
    settling = Settling(clock)
    next_one = asyncio.create_task(settling.next())
    settling.told("hall", "1")
    await clock.advance(SETTLE_S - 0.1)
    settling.told("yard", "2")
    assert not next_one.done()
    assert settling.take("hall") is None
    await clock.advance(0.1)
    assert await next_one == "hall"
    assert settling.take("hall") == "1"
    assert settling.take("hall") is None
    next_one = asyncio.create_task(settling.next())
    await clock.advance(SETTLE_S)
    assert await next_one == "yard"


async def test_one_that_is_told_anew_begins_anew() -> None:
    clock = ManualClock()
    settling = Settling(clock)
    settling.told("hall", "1")
    await clock.advance(SETTLE_S)
    assert await settling.next() == "hall"
    settling.told("hall", "2")
    assert settling.take("hall") is None
    next_one = asyncio.create_task(settling.next())
    await clock.advance(SETTLE_S)
    assert await next_one == "hall"
    assert settling.take("hall") == "2"
