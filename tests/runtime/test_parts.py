"""Parts: begun under supervisors, ended together."""

from __future__ import annotations

import asyncio

from tests.support.clock import ManualClock
from wallflower.domain.errors import EngineFailed
from wallflower.runtime.backoff import SteppedBackoff
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.parts import Parts


async def test_parts_end_by_themselves_once_the_house_closes() -> None:
    begun, closing, said = asyncio.Event(), asyncio.Event(), list[str]()

    async def farewell() -> None:
        begun.set()
        await closing.wait()
        said.append("bye")

    async with asyncio.TaskGroup() as tasks:
        parts = Parts(tasks, ManualClock(), Health(), closing)
        parts.start("edge", farewell)
        await begun.wait()
        closing.set()
        await parts.stop(patience_s=30)
    assert said == ["bye"]


async def test_a_part_that_goes_on_is_cancelled() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        try:
            begun.set()
            await asyncio.Future()
        finally:
            ended.set()

    async with asyncio.TaskGroup() as tasks:
        parts = Parts(tasks, ManualClock(), Health())
        parts.start("edge", stubborn)
        await begun.wait()
        await parts.stop()
        assert ended.is_set()


async def test_one_failing_part_leaves_the_others_alone() -> None:
    told, health = asyncio.Event(), Health(on_change=lambda _part: told.set())
    other = asyncio.Event()

    async def fails() -> None:
        raise EngineFailed("The engine broke.")

    async def works() -> None:
        await told.wait()
        other.set()
        await asyncio.Future()

    async with asyncio.TaskGroup() as tasks:
        parts = Parts(tasks, ManualClock(), health)
        parts.start("engine", fails)
        parts.start("other", works)
        await other.wait()
        await parts.stop()
    part = health.parts()["engine"]
    assert part.state is HealthState.DEGRADED
    assert part.detail == "The engine broke."


async def test_nothing_to_stop() -> None:
    async with asyncio.TaskGroup() as tasks:
        await Parts(tasks, ManualClock(), Health()).stop(patience_s=30)


async def test_a_part_is_begun_again_after_the_delays_it_was_given() -> None:
    clock, began = ManualClock(), list[float]()

    async def fails() -> None:
        began.append(clock.monotonic())
        raise EngineFailed("The engine broke.")

    async with asyncio.TaskGroup() as tasks:
        parts = Parts(tasks, clock, Health())
        parts.start("edge", fails, SteppedBackoff((1.0, 5.0), uniform=lambda _low, high: high))
        await clock.advance(11.0)
        await parts.stop()
    assert began == [0.0, 1.0, 6.0, 11.0]
