"""What a stream knows of the place it listens to: noise, echo, and how voices sound there.

Noise and echo move all prints of a room the same way. So a stream remembers, for as long as the
program runs, how each voice it has heard sounds here, and compares with that first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from wallflower.domain.speech import Pcm
from wallflower.domain.voices import Embedding, Voice
from wallflower.speakers.scoring import LEARN_FROM_S, Known, Piece, grown

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
        self._sounds: dict[int, tuple[Embedding, float]] = {}
        self.contrast_db = 0.0
        """Over the last utterances; means nothing until something was heard."""
        self.heard_s = 0.0
        """Seconds of speech, ever."""

    def hear(self, pcm: Pcm, speech_s: float) -> None:
        """Take in an utterance with `speech_s` seconds of speech, above 0."""
        self.heard_s += speech_s
        self._speech_s = min(self._speech_s + speech_s, MEMORY_S)
        self.contrast_db += speech_s / self._speech_s * (contrast_db(pcm) - self.contrast_db)

    def learn(self, voice_id: int, piece: Piece) -> None:
        """The voice was heard here."""
        print_, speech_s = self._sounds.get(voice_id, (piece.mean, 0.0))
        self._sounds[voice_id] = (grown(print_, speech_s, piece), speech_s + piece.speech_s)

    def known(self, voices: Sequence[Voice], dimension: int) -> Known:
        """`voices` as they sound here, in their order; those that are gone are forgotten."""
        ids = {voice.id for voice in voices}
        self._sounds = {key: sound for key, sound in self._sounds.items() if key in ids}
        sounds = [self._sounds.get(each.id, (each.centroid, each.speech_s)) for each in voices]
        return Known(
            np.array([print_ for print_, _ in sounds], np.float32).reshape(-1, dimension),
            np.array([min(speech_s, LEARN_FROM_S) for _, speech_s in sounds]),
            np.array([voice.id in self._sounds for voice in voices], dtype=np.bool_),
        )
