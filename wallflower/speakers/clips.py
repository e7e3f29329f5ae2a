"""A clip of one person: what it sounds like. For enrolment, verification and kept samples."""

from __future__ import annotations

from typing import Final

import numpy as np

from wallflower.domain.prints import Prints
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.encoder import Encoder
from wallflower.speakers.online.room import contrast_db

HOP_S: Final = 0.4
LEAST_S: Final = 0.3
"""Less speech than this tells nothing of anybody."""
FRAME: Final = 160
SMOOTH: Final = 15
PAUSE_DB: Final = 25.0
"""Frames so far below the loudest are pauses. In a noisy room nothing is: pauses are cut because
windows full of digital silence or breath sound like nobody, not to find speech."""


def clip_prints(encoder: Encoder, pcm: Pcm) -> Prints | None:
    """The windows of a clip in which one person talks; None with less than `LEAST_S` of speech.

    Edges count seconds of speech, pauses left out. Blocks for about as long as `Encoder.embed`
    needs for three windows per second.
    """
    speech = without_pauses(pcm)
    if len(speech) < LEAST_S * SAMPLE_RATE:
        return None
    window = encoder.window_samples
    heard = speech if len(speech) >= window else np.resize(speech, window)
    spare = len(heard) - window
    count = 1 + int(np.ceil(spare / (HOP_S * SAMPLE_RATE)))
    starts = np.linspace(0, spare, count).round().astype(np.int64)
    middles = starts + window / 2
    between = (middles[1:] + middles[:-1]) / 2
    return Prints(
        encoder.name,
        encoder.embed([heard[start : start + window] for start in starts]),
        np.concatenate([[0.0], between, [len(speech)]]) / SAMPLE_RATE,
        np.zeros(count, dtype=np.bool_),
        contrast_db(pcm),
    )


def without_pauses(pcm: Pcm) -> Pcm:
    """`pcm` with its quiet frames cut out; empty when all of it is digital silence."""
    frames = len(pcm) // FRAME
    sound = pcm[: frames * FRAME].reshape(frames, FRAME)
    if frames < SMOOTH or not sound.any():
        return pcm[:0]
    power = np.square(sound, dtype=np.float64).mean(axis=1)
    smooth = np.convolve(power, np.full(SMOOTH, 1.0 / SMOOTH), "same")
    level_db = 10.0 * np.log10(smooth + 0.1)
    return sound[level_db > np.percentile(level_db, 95) - PAUSE_DB].reshape(-1)
