"""Short ways to write down utterances, words and turns."""

from __future__ import annotations

import numpy as np

from wallflower.domain.speech import SpeakerRef, Transcript, Turn, Utterance, Word
from wallflower.domain.times import SAMPLE_RATE, WallTime

START = WallTime.from_iso("2026-11-22T08:00:00Z")


def utterance(duration_s: float = 10.0) -> Utterance:
    pcm = np.zeros(round(duration_s * SAMPLE_RATE), dtype=np.int16)
    return Utterance("hall", 1, pcm, START, 0.0, duration_s)


def word(text: str, start_s: float, end_s: float, probability: float = 0.9) -> Word:
    return Word(text, start_s, end_s, probability)


def transcript(*words: Word) -> Transcript:
    return Transcript(words, "en", "test")


def turn(voice: int, start_s: float, end_s: float, confidence: float = 0.8) -> Turn:
    return Turn(start_s, end_s, SpeakerRef(voice, f"Voice {voice}", False, confidence))
