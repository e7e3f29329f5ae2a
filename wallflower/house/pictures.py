"""Pictures of one stream: one look at a time, however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from wallflower.domain.errors import Conflict

Look = Callable[[int | None], Awaitable[bytes]]
"""A picture of now, at most that many pixels wide."""

WIDTHS: Final = 4
"""Looks that may wait for their turn: each takes seconds, and anybody may ask for any width."""


class Pictures:
    """Who asks while the same picture is being taken gets that one; cameras allow few viewers."""

    def __init__(self, name: str) -> None:
        """`name` is that of the stream, for the names of tasks."""
        self._name = name
        self._turn = asyncio.Lock()
        self._taking: dict[int | None, asyncio.Task[bytes]] = {}

    async def take(self, look: Look, width: int | None) -> bytes:
        """What `look` gives for `width`.

        Raises as `look`, and `Conflict` when dropped, or while `WIDTHS` others are asked for.
        """
        task = self._taking.get(width)
        if task is None:
            if len(self._taking) >= WIDTHS:
                raise Conflict("Others are looking through this camera; try again in a moment.")
            task = asyncio.create_task(self._one(look, width), name=f"{self._name}: picture")
            task.add_done_callback(lambda done: self._taken(width, done))
            self._taking[width] = task
        # The look goes on for the others when one of them hangs up.
        await asyncio.wait((task,))
        if task.cancelled():
            raise Conflict("The stream was switched off or changed meanwhile; look again.")
        return task.result()

    def drop(self) -> list[asyncio.Task[bytes]]:
        """Break off all looks; once the tasks given are done, nothing is read of the camera."""
        tasks = list(self._taking.values())
        self._taking.clear()
        for task in tasks:
            task.cancel()
        return tasks

    async def _one(self, look: Look, width: int | None) -> bytes:
        async with self._turn:
            return await look(width)

    def _taken(self, width: int | None, task: asyncio.Task[bytes]) -> None:
        if self._taking.get(width) is task:
            del self._taking[width]
        if not task.cancelled():
            task.exception()  # who asked may be gone, and nobody else needs to be told
