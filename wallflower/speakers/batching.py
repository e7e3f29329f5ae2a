"""One encoder for all streams: what arrives while it works goes into its next batch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from wallflower.domain.speech import Pcm
from wallflower.runtime.workers import Workers
from wallflower.speakers.encoder import Embeddings, Encoder

MOST: int = 64
"""Windows per visit to the thread, about 0.15 s: a long utterance holds up others no longer."""


class _Request:
    def __init__(self, windows: Sequence[Pcm]) -> None:
        self.windows = windows
        self.prints: Embeddings | None = None


class Batching:
    """Embeds for many at a time; use it from one event loop."""

    def __init__(self, encoder: Encoder, workers: Workers) -> None:
        self._encoder = encoder
        self._workers = workers
        self._waiting: deque[_Request] = deque()
        self._turn = asyncio.Lock()

    async def embed(self, windows: Sequence[Pcm]) -> Embeddings:
        """As `Encoder.embed`, in the worker thread, together with what others asked for."""
        mine = _Request(windows)
        self._waiting.append(mine)
        try:
            async with self._turn:
                # Whoever had the turn before may have taken this request along.
                while mine.prints is None:
                    await self._serve(mine)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        return mine.prints

    async def _serve(self, mine: _Request) -> None:
        batch: list[_Request] = [mine]
        room = MOST - len(mine.windows)
        for other in self._waiting:
            if other is not mine and len(other.windows) <= room:
                batch.append(other)
                room -= len(other.windows)
        # They stay in the queue until they are done: if this caller is cancelled, or its windows
        # break the encoder, the others still have their own turn.
        windows = [window for request in batch for window in request.windows]
        prints = await self._workers.run(self._encoder.embed, windows)
        for request in batch:
            request.prints, prints = (
                prints[: len(request.windows)],
                prints[len(request.windows) :],
            )
            if request in self._waiting:
                self._waiting.remove(request)
