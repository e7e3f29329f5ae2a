"""The cheap first gate: most hours of a house are quiet, and quiet must cost nothing."""

from __future__ import annotations

from typing import Final

import webrtcvad

from wallflower.audio.framing import STEP, samples
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

CHUNK_BYTES: Final = 2 * samples(0.030)
"""webrtcvad takes 10, 20 or 30 ms; 30 ms is the cheapest and misses the least speech."""


class Gate:
    """Lets through what might be speech, and what follows within `hold_s` seconds.

    WebRTC's detector compares six bands with a noise floor it learns. It takes music and much
    household noise for speech, which is harmless here, and hardly ever the other way round.
    `mode` is its aggressiveness, 0 (lets most through) to 3.
    """

    def __init__(self, mode: int, hold_s: float) -> None:
        self._vad = webrtcvad.Vad(mode)
        self._hold = -(-samples(hold_s) // STEP)
        self._left = 0
        self._carry = b""

    def hears(self, pcm: Pcm) -> bool:
        """Whether the gate is open for these samples, the next ones of the stream."""
        data = self._carry + pcm.tobytes()
        whole = len(data) - len(data) % CHUNK_BYTES
        self._carry = data[whole:]
        # Every chunk is shown to the detector, for its noise floor learns from each.
        voiced = [
            self._vad.is_speech(data[at : at + CHUNK_BYTES], SAMPLE_RATE)
            for at in range(0, whole, CHUNK_BYTES)
        ]
        if any(voiced):
            self._left = self._hold
            return True
        self._left = max(0, self._left - 1)
        return self._left > 0
