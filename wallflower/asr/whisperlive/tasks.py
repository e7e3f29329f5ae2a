"""The owner of what goes on beside the callers: named, ended together, heard when it breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from wallflower.domain.errors import WallflowerError

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
