"""What all streams share: one model of each kind, one store, one bus."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wallflower.asr.contract import Engine
from wallflower.audio import SegmenterSettings, SileroModel
from wallflower.domain.speech import Line, Transcript, Utterance, VoicesHeard
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock


class Speakers(Protocol):
    """Tells who speaks in an utterance."""

    async def hear(self, utterance: Utterance) -> VoicesHeard: ...

    def forget(self, stream_id: str) -> None:
        """The stream is gone or listens elsewhere: what was learnt about its room is void."""
        ...


class LineSink(Protocol):
    """Where finished lines go: persist first, then publish."""

    async def put(self, lines: Sequence[Line]) -> None: ...


class Listener(Protocol):
    """Who cannot wait for lines."""

    async def so_far(self, utterance: Utterance, transcript: Transcript) -> None:
        """Words of a snapshot (`ended` is false). The next snapshot waits meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """The stages and places that all streams of a house use together."""

    engine: Engine
    engine_ready: asyncio.Event
    """Set once the engine takes utterances; until then they wait in their stream's queue."""
    speakers: Speakers | None
    """None: voices are not told apart."""
    lines: LineSink
    bus: Bus
    clock: Clock
    vad: SileroModel
    segmenter: SegmenterSettings
    ffmpeg: str
    stall_s: float
    partials: bool
    """Whether text so far is shown while someone talks."""
    listener: Listener | None = None
    """Hears text so far, shown or not."""
