"""Lines and voices to store."""

from __future__ import annotations

import numpy as np

from wallflower.domain.events import SpeakerRenamed
from wallflower.domain.prints import Embedding, Prints
from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.times import WallTime
from wallflower.domain.voices import RoomPrint, Sample
from wallflower.speakers.hindsight.repair import prints_of
from wallflower.store import Mending, Store

MENDING = Mending("ge2e", prints_of)
NOON = WallTime.from_iso("2026-03-01T12:00:00Z")


def line(
    text: str = "Good morning.",
    at_s: float = 0.0,
    *,
    stream_id: str = "hall",
    speaker: SpeakerRef | None = None,
    prints: Prints | None = None,
) -> Line:
    """A line said `at_s` seconds past `NOON`; one second per word."""
    texts = text.split()
    return Line(
        stream_id=stream_id,
        start=NOON.plus(at_s),
        end=NOON.plus(at_s + len(texts)),
        text=text,
        words=tuple(Word(word, i, i + 0.75, 0.9) for i, word in enumerate(texts)),
        speaker=speaker,
        language="en",
        confidence=0.9,
        engine="test",
        prints=prints,
    )


def print_of(seed: int) -> Embedding:
    """Some voice print of 256 numbers, L2 norm 1."""
    numbers = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


def room_print(
    seed: int = 1, speech_s: float = 3.0, at: WallTime = NOON, *, stream_id: str = "hall"
) -> RoomPrint:
    return RoomPrint(stream_id, print_of(seed), speech_s, at)


def prints(seed: int = 1, windows: int = 4, *, contrast_db: float = 20.0) -> Prints:
    """What somebody sounds like over two windows a second; the print of `print_of(seed)`."""
    shaken = np.random.default_rng(seed + 1000).standard_normal((windows, 256)) / 50
    rows = (print_of(seed) + shaken).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    edges_s = np.arange(windows + 1) / 2
    return Prints("ge2e", rows, edges_s, np.zeros(windows, np.bool_), contrast_db)


def sample(quality: float = 0.5, at: WallTime = NOON, *, stream_id: str = "hall") -> Sample:
    pcm = np.random.default_rng(1).integers(-3000, 3000, 32_000).astype(np.int16)
    return Sample(stream_id, pcm, quality, at)


async def rename(store: Store, voice_id: int, name: str) -> SpeakerRenamed:
    (event,) = await store.people.rename(MENDING, voice_id, name)
    assert isinstance(event, SpeakerRenamed)
    return event
