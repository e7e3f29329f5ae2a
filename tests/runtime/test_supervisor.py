from __future__ import annotations

import asyncio

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.domain.errors import Unauthorized, Unreachable
from wallflower.runtime.backoff import Backoff
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.supervisor import supervise


class Runs:
    """`run_once` with a script of outcomes; the last one repeats."""

    def __init__(self, *outcomes: BaseException | float | None) -> None:
        self.outcomes = list(outcomes)
        self.count = 0

    def on(self, clock: ManualClock) -> Runs:
        self.clock = clock
        return self

    async def __call__(self) -> None:
        outcome = self.outcomes[min(self.count, len(self.outcomes) - 1)]
        self.count += 1
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome is not None:
            await self.clock.sleep(outcome)
            raise Unreachable("gone again")


def longest(low: float, high: float) -> float:
    """Jitter that always takes the whole delay."""
    return high


async def start(
    runs: Runs, clock: ManualClock, health: Health, wake: asyncio.Event | None = None
) -> asyncio.Task[None]:
    return asyncio.create_task(
        supervise(
            "camera",
            runs,
            clock=clock,
            health=health,
            wake=wake,
            backoff=Backoff(uniform=longest),
        )
    )


async def test_failures_are_retried_with_growing_delays() -> None:
    clock, health, runs = ManualClock(), Health(), Runs(Unreachable("no camera there"))
    task = await start(runs, clock, health)
    for delay_s, runs_after in ((1, 2), (2, 3), (4, 4)):
        await clock.advance(delay_s - 0.01)
        assert runs.count == runs_after - 1
        await clock.advance(0.01)
        assert runs.count == runs_after
    task.cancel()


async def test_health_holds_the_sentence() -> None:
    clock, health = ManualClock(), Health()
    task = await start(Runs(Unreachable("no camera there")), clock, health)
    await settle()
    part = health.parts()["camera"]
    assert (part.state, part.detail) == (HealthState.DEGRADED, "no camera there")
    assert part.code == "stream_unreachable"
    task.cancel()


async def test_what_stays_wrong_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    runs = Runs(Unreachable("no camera there"), Unreachable("no camera there"), Unauthorized("no"))
    task = await start(runs, clock, Health())
    for _ in range(2):
        await clock.advance(10)
    warned = [r.message for r in caplog.records if r.levelname == "WARNING"]
    assert warned == ["camera: no camera there", "camera: no"]
    task.cancel()


async def test_a_fatal_error_parks_until_woken() -> None:
    clock, health, wake = ManualClock(), Health(), asyncio.Event()
    runs = Runs(Unauthorized("wrong password"))
    task = await start(runs, clock, health, wake)
    await clock.advance(86_400)
    assert runs.count == 1
    assert health.parts()["camera"].state is HealthState.FAILED
    wake.set()
    await settle()
    assert runs.count == 2
    task.cancel()


async def test_a_healthy_minute_makes_delays_short_again() -> None:
    clock, health = ManualClock(), Health()
    failing = [Unreachable("gone")] * 5
    runs = Runs(*failing, 61.0).on(clock)
    task = await start(runs, clock, health)
    await clock.advance(1 + 2 + 4 + 8 + 16)
    assert runs.count == 6
    await clock.advance(61)
    await clock.advance(1)
    assert runs.count == 7
    task.cancel()


async def test_a_bug_is_retried_and_shown_without_its_text() -> None:
    clock, health = ManualClock(), Health()
    task = await start(Runs(ZeroDivisionError("secret detail")), clock, health)
    await settle()
    detail = health.parts()["camera"].detail
    assert detail is not None
    assert "ZeroDivisionError" in detail
    assert "secret" not in detail
    task.cancel()


async def test_cancelling_ends_it() -> None:
    clock, health = ManualClock(), Health()
    task = await start(Runs(3600.0).on(clock), clock, health)
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("error", [Unreachable("retried"), Unauthorized("parked")])
async def test_closing_ends_any_wait(error: BaseException) -> None:
    clock, health, closing = ManualClock(), Health(), asyncio.Event()
    runs, slow = Runs(error), Backoff(uniform=longest)
    task = asyncio.create_task(
        supervise("part", runs, clock=clock, health=health, closing=closing, backoff=slow)
    )
    await settle()
    closing.set()
    await task
    assert runs.count == 1
