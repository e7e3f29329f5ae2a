"""Engines that do as they are told, in the place of the servers and of the embedded engine.

The real ones cannot be made to fail at one exact point; `tests/test_whisperlive_house.py` lives
through it with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np

from tests.support.engine import hear, quality
from wallflower.domain.engine import ServerQuality
from wallflower.domain.errors import EngineFailed
from wallflower.domain.speech import Transcript, Utterance
from wallflower.domain.times import WallTime

NOON: Final = WallTime.from_iso("2026-11-22T12:00:00Z")


def said(number: int = 1, *, stream: str = "hall", ended: bool = True) -> Utterance:
    """Utterance `number` of a stream, two seconds long."""
    pcm = np.zeros(32_000, np.int16)
    start = NOON.plus(10.0 * number)
    return Utterance(stream, number, pcm, start, 0.3, 1.7, ended=ended)


def so_far(number: int = 1, *, stream: str = "hall") -> Utterance:
    return said(number, stream=stream, ended=False)


class Told:
    """An engine that writes its own name. `error` is raised instead; `free` holds finals up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready = True
        self.backlog_s = 1.5
        self.qualities: tuple[ServerQuality, ...] = (quality(),)
        self.busy = False
        """Whether there is no time for snapshots."""
        self.error: EngineFailed | None = None
        self.free = asyncio.Event()
        self.free.set()
        self.asked: list[Utterance] = []
        self.hints: Sequence[str] = ()
        self.closed = 0

    async def start(self) -> None:
        self.ready = True

    def servers(self) -> tuple[ServerQuality, ...]:
        return self.qualities

    def open(self, stream_id: str) -> ToldWay:
        return ToldWay(self)

    def hint(self, words: Sequence[str]) -> None:
        self.hints = words

    async def close(self) -> None:
        self.closed += 1


class ToldWay:
    def __init__(self, engine: Told) -> None:
        self._engine = engine

    async def partial(self, utterance: Utterance) -> Transcript | None:
        return None if self._engine.busy else await self._answer(utterance)

    async def final(self, utterance: Utterance) -> Transcript:
        await self._engine.free.wait()
        return await self._answer(utterance)

    async def close(self) -> None:
        self._engine.closed += 1

    async def _answer(self, utterance: Utterance) -> Transcript:
        self._engine.asked.append(utterance)
        if self._engine.error is not None:
            raise self._engine.error
        return hear(utterance, f"by {self._engine.name}")
