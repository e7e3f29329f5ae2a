from __future__ import annotations

import asyncio

import pytest

from wallflower.asr.whisperlive.tasks import Tasks
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
