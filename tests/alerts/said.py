"""Snapshots and lines as an engine would hand them on."""

from __future__ import annotations

import numpy as np

from wallflower.domain.speech import Line, SpeakerRef, Transcript, Utterance, Word
from wallflower.domain.times import SAMPLE_RATE, WallTime

NOON = WallTime.from_iso("2026-01-01T12:00:00Z")
ANNA = SpeakerRef(1, "Anna", known=True, confidence=0.95)


def words_of(text: str, start_s: float = 0.3, each_s: float = 0.4) -> tuple[Word, ...]:
    """Words of equal length. `help?` is unlikely, `help??` very much so."""
    words = []
    for number, word in enumerate(text.split()):
        begin_s = start_s + number * each_s
        sure = {0: 0.9, 1: 0.5, 2: 0.2}[len(word) - len(word.rstrip("?"))]
        words.append(Word(word.rstrip("?"), begin_s, begin_s + each_s, sure))
    return tuple(words)


def transcript(text: str, start_s: float = 0.3) -> Transcript:
    return Transcript(words_of(text, start_s), "en", "test")


def utterance(
    text: str, start: WallTime = NOON, *, after_s: float = 0.5, stream_id: str = "hall"
) -> Utterance:
    """A snapshot of `text`, with so much sound after it: 0 where somebody talks on."""
    spoken_s = words_of(text)[-1].end_s if text.split() else 0.3
    samples = round((spoken_s + after_s) * SAMPLE_RATE)
    pcm = np.zeros(samples, dtype=np.int16)
    return Utterance(stream_id, 1, pcm, start, 0.3, spoken_s, ended=False)


def line(
    text: str,
    start: WallTime = NOON,
    *,
    speaker: SpeakerRef | None = None,
    stream_id: str = "hall",
    each_s: float = 0.4,
) -> Line:
    """A line whose first word is said 0.3 s after `start`, as in a snapshot that starts there."""
    words = words_of(text, start_s=0.0, each_s=each_s)
    begin = start.plus(0.3)
    return Line(
        stream_id=stream_id,
        start=begin,
        end=begin.plus(words[-1].end_s),
        text=" ".join(word.text for word in words),
        words=words,
        speaker=speaker,
        language="en",
        confidence=0.9,
        engine="test",
        id=7,
    )
