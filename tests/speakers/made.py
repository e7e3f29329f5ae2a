"""Made voices: the same samples on every machine, no speech data needed."""

from __future__ import annotations

import numpy as np

from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE, WallTime

START = WallTime.from_iso("2026-11-22T08:00:00Z")

VOICES = {
    "low": (95.0, (480.0, 1150.0, 2300.0)),
    "middle": (150.0, (650.0, 1700.0, 2600.0)),
    "high": (235.0, (850.0, 2050.0, 3100.0)),
}
"""Pitch and formants in Hz."""


def spoken(voice: str, seconds: float, level: float = 0.1) -> Pcm:
    """Something like vowels at four syllables a second; `level` is the RMS, 1.0 full scale."""
    pitch_hz, formants_hz = VOICES[voice]
    time_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    bend = 1.0 + 0.06 * np.sin(2 * np.pi * 0.7 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz * bend) / SAMPLE_RATE
    wave = np.zeros_like(time_s)
    for harmonic in range(1, int(3800 / pitch_hz)):
        hz = harmonic * pitch_hz
        # Formants wander as vowels change.
        gain = sum(
            np.exp(-(((hz - formant * (1 + 0.12 * np.sin(2 * np.pi * rate * time_s))) / 130) ** 2))
            for formant, rate in zip(formants_hz, (1.9, 1.3, 0.9), strict=True)
        )
        wave += (0.05 + gain) * np.sin(harmonic * phase)
    wave *= 0.55 + 0.45 * np.sin(2 * np.pi * 4.0 * time_s)
    wave *= level / np.sqrt(np.mean(np.square(wave)))
    pcm: Pcm = (np.clip(wave, -1.0, 1.0) * 32767).round().astype(np.int16)
    return pcm


def utterance(pcm: Pcm, *, stream: str = "hall", number: int = 1, ended: bool = True) -> Utterance:
    """Speech from end to end, ten seconds after the one before."""
    seconds = len(pcm) / SAMPLE_RATE
    start = START.plus(10.0 * number)
    return Utterance(stream, number, pcm, start, 0.0, seconds, ended)


EVERY = 10
"""Mel frames compared: one in so many."""


def windows_to_compare() -> dict[str, Pcm]:
    """What the encoder is compared with PyTorch on: lengths, levels and voices that differ."""
    rumble = np.cumsum(np.cos(np.arange(8000) ** 1.7)) * 300
    return {
        "low": spoken("low", 1.0),
        "high, long": spoken("high", 1.6),
        "middle, faint": spoken("middle", 1.0, level=0.002),
        "low, loud, short": spoken("low", 0.5, level=0.4),
        "no voice": rumble.round().astype(np.int16),
    }
