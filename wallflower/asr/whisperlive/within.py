"""Waiting for an answer that others may wait for too."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from wallflower.domain.errors import EngineFailed
from wallflower.runtime.clock import Clock

T = TypeVar("T")


async def within(seconds: float, answer: asyncio.Future[T], clock: Clock) -> T:
    """The result of `answer`; raises `TimeoutError` when it takes longer than `seconds` on
    `clock`. `answer` goes on in that case, and also when the caller is cancelled. Raises
    `EngineFailed` when it was cancelled itself.
    """
    timer = asyncio.ensure_future(clock.sleep(max(0.0, seconds)))
    try:
        await asyncio.wait((answer, timer), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise TimeoutError
        if answer.cancelled():
            raise EngineFailed("Speech recognition was stopped.")
        return answer.result()
    finally:
        timer.cancel()
