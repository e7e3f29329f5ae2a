from __future__ import annotations

import asyncio

import pytest

from tests.support.clock import ManualClock, settle
from wallflower.asr.whisperlive.tasks import Tasks, within
from wallflower.domain.errors import EngineFailed


async def forever() -> None:
    await asyncio.Event().wait()


async def test_all_end_together_also_those_that_begin_meanwhile() -> None:
    tasks = Tasks()
    late: list[asyncio.Task[None]] = []

    async def begins_another() -> None:
        try:
            await forever()
        finally:
            late.append(tasks.start(forever(), "late"))

    first = tasks.start(begins_another(), "first")
    await asyncio.sleep(0)
    await tasks.close()
    assert first.cancelled()
    assert late[0].cancelled()


async def test_a_bug_is_heard_and_a_known_failure_is_its_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(error: Exception) -> None:
        raise error

    tasks = Tasks()
    await asyncio.wait(
        [
            tasks.start(fails(KeyError("a bug")), "buggy"),
            tasks.start(fails(EngineFailed("a known one")), "unlucky"),
        ]
    )
    await tasks.close()
    assert "buggy failed unexpectedly" in caplog.text
    assert "a known one" not in caplog.text


async def test_an_answer_in_time_is_given_and_leaves_no_timer() -> None:
    clock = ManualClock()
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(within(5.0, answer, clock))
    await settle()
    answer.set_result(7)
    assert await waiting == 7
    await settle()
    assert clock.sleepers == 0


async def test_a_late_answer_goes_on_without_the_caller() -> None:
    clock = ManualClock()
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(within(5.0, answer, clock))
    await clock.advance(5.0)
    with pytest.raises(TimeoutError):
        await waiting
    assert not answer.done()


async def test_a_caller_that_goes_away_takes_nothing_with_it() -> None:
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(within(5.0, answer, ManualClock()))
    await settle()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not answer.cancelled()


async def test_an_answer_that_was_cancelled_is_no_cancellation_of_the_caller() -> None:
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    answer.cancel()
    with pytest.raises(EngineFailed):
        await within(5.0, answer, ManualClock())
