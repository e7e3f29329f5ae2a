"""A sentence of our own, for when a server has to show that it writes."""

from __future__ import annotations

import wave
from importlib import resources

import numpy as np

from wallflower.domain.speech import Utterance
from wallflower.domain.times import SAMPLE_RATE
from wallflower.runtime.clock import Clock


def heartbeat(clock: Clock) -> Utterance:
    """A short sentence that any model hears; made with flite's voice `slt`. Blocks."""
    file = resources.files(__package__) / "heartbeat.wav"
    with file.open("rb") as raw, wave.open(raw) as sound:
        pcm = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    return Utterance("heartbeat", 0, pcm, clock.wall(), 0.0, len(pcm) / SAMPLE_RATE)
