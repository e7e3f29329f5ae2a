"""A recogniser for tests of what happens around one: told what to hear, or to break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wallflower.domain.engine import ServerQuality, ServerState
from wallflower.domain.errors import EngineFailed
from wallflower.domain.speech import Transcript, Utterance, Word


def hear(utterance: Utterance, text: str) -> Transcript:
    """`text` spread evenly over the utterance's speech."""
    words = text.split()
    start_s, end_s = utterance.speech_start_s, utterance.speech_end_s
    step_s = (end_s - start_s) / max(1, len(words))
    spoken = [
        Word(word, start_s + step_s * number, start_s + step_s * (number + 1), 0.9)
        for number, word in enumerate(words)
    ]
    return Transcript(tuple(spoken), "en", "test")


def quality(
    state: ServerState = ServerState.READY, name: str = "box:9090", detail: str | None = None
) -> ServerQuality:
    """How a recognition server may be doing."""
    return ServerQuality(
        name=name,
        state=state,
        detail=detail,
        connections=1,
        slots=4,
        round_trip_ms=1.5,
        lag_s=0.5,
        outstanding_s=2.0,
        sent_s=10.0,
        dropped_s=1.0,
        reconnects=3,
    )


class ToldEngine:
    """`asr.contract.Engine` in memory; `text` makes the text of each utterance.

    `breaks`: how often `final` raises `EngineFailed` before it works. While `free` is not set,
    final texts wait.
    """

    name = "test"
    ready = True
    backlog_s = 0.0

    def __init__(
        self, text: Callable[[Utterance], str] = lambda u: f"utterance {u.number}"
    ) -> None:
        self.text = text
        self.breaks = 0
        self.finals: list[Utterance] = []
        """Utterances that `final` was asked about, again and again included."""
        self.free = asyncio.Event()
        self.free.set()
        self.asked = asyncio.Event()

    async def start(self) -> None:
        pass

    def open(self, stream_id: str) -> ToldRecognition:
        return ToldRecognition(self)

    def hint(self, words: Sequence[str]) -> None:
        pass

    async def close(self) -> None:
        pass


class ToldRecognition:
    def __init__(self, engine: ToldEngine) -> None:
        self._engine = engine

    async def partial(self, utterance: Utterance) -> Transcript | None:
        return hear(utterance, self._engine.text(utterance))

    async def final(self, utterance: Utterance) -> Transcript:
        self._engine.finals.append(utterance)
        self._engine.asked.set()
        await self._engine.free.wait()
        if self._engine.breaks:
            self._engine.breaks -= 1
            raise EngineFailed("The engine broke.")
        return hear(utterance, self._engine.text(utterance))

    async def close(self) -> None:
        pass
