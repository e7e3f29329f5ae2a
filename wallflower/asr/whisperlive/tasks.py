"""What goes on beside the callers: named, ended together, heard when it breaks, waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from wallflower.domain.errors import EngineFailed, WallflowerError
from wallflower.runtime.clock import Clock

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Tasks:
    """Background tasks of one engine."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel all that run and wait until they are gone."""
        while self._running:
            running = tuple(self._running)
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        # Errors we have a sentence for are their callers' business; these may have lost patience.
        if not task.cancelled() and not isinstance(
            error := task.exception(), WallflowerError | None
        ):
            _log.error("%s failed unexpectedly", task.get_name(), exc_info=error)


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
