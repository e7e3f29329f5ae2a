"""Notices a stream that delivers sound data without any sound in it."""

from __future__ import annotations

from typing import Final

import numpy as np

from wallflower.domain.pcm import PcmBlock
from wallflower.domain.times import SAMPLE_RATE

AFTER_S: Final = 300.0
"""Noise suppression in some cameras makes zeros of a quiet room for a minute or two."""

FLOOR: Final = 4
"""Peak to peak, in steps of 16 bit. A muted microphone delivers zeros, or a constant with a bit
of dither from the camera's encoder; the quietest real room is well above."""


class SilenceWatch:
    """Tells when nothing but digital silence has come for `after_s` seconds, and when it ends."""

    def __init__(self, after_s: float = AFTER_S, floor: int = FLOOR) -> None:
        self._after = round(after_s * SAMPLE_RATE)
        self._floor = floor
        self._quiet = 0

    @property
    def silent(self) -> bool:
        return self._quiet >= self._after

    def feed(self, block: PcmBlock) -> bool | None:
        """Look at the next block: True when silence set in with it, False when it ended with it
        (the first sound is enough), None when nothing changed."""
        was_silent = self.silent
        pcm = np.frombuffer(block.data, "<i2")
        # int() because the difference of two int16 may not fit int16.
        if len(pcm) and int(pcm.max()) - int(pcm.min()) > self._floor:
            self._quiet = 0
        else:
            self._quiet += len(pcm)
        return self.silent if self.silent != was_silent else None
