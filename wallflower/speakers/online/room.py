"""What a stream knows of the place it listens to: how far speech stands out there."""

from __future__ import annotations

from typing import Final

import numpy as np

from wallflower.domain.speech import Pcm

FRAME: Final = 160
SMOOTH: Final = 5
MEMORY_S: Final = 30.0
"""Seconds of speech that the picture of a room rests on: rooms change when a fan is switched on,
and one utterance alone is a poor measure."""


def contrast_db(pcm: Pcm) -> float:
    """How far speech stands out: the level's 80th above its 10th percentile, in dB.

    About 35 close to a microphone in a quiet room, 17 in a living room, 11 with a loud noise or
    strong echo, 0 for steady sound. 0 for less than 50 ms.
    """
    frames = len(pcm) // FRAME
    if frames < SMOOTH:
        return 0.0
    power = np.square(pcm[: frames * FRAME], dtype=np.float64).reshape(frames, FRAME).mean(axis=1)
    smooth = np.convolve(power, np.full(SMOOTH, 1.0 / SMOOTH), "valid")
    # Digital silence counts as the quietest step of 16 bit.
    loud, quiet = np.percentile(10.0 * np.log10(smooth + 0.1), [80.0, 10.0])
    return float(loud - quiet)


class Room:
    """The place of one stream."""

    def __init__(self) -> None:
        self._speech_s = 0.0
        self.contrast_db = 0.0
        """Over the last utterances; means nothing until something was heard."""
        self.heard_s = 0.0
        """Seconds of speech, ever."""

    def hear(self, contrast_db: float, speech_s: float) -> None:
        """Take in an utterance of that contrast with `speech_s` seconds of speech, above 0."""
        self.heard_s += speech_s
        self._speech_s = min(self._speech_s + speech_s, MEMORY_S)
        self.contrast_db += speech_s / self._speech_s * (contrast_db - self.contrast_db)
