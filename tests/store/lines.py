"""Lines and voices to store."""

from __future__ import annotations

import numpy as np

from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Embedding

NOON = WallTime.from_iso("2026-03-01T12:00:00Z")


def line(
    text: str = "Good morning.",
    at_s: float = 0.0,
    *,
    stream_id: str = "hall",
    speaker: SpeakerRef | None = None,
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
    )


def print_of(seed: int) -> Embedding:
    """Some voice print of 256 numbers, L2 norm 1."""
    numbers = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
    return numbers / np.linalg.norm(numbers)
