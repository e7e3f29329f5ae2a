"""Where an utterance is looked at: overlapping windows over its speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE

HOP_S: Final = 0.8
"""From window to window, about: windows nearer to each other cost more and tell little more."""
SPARED: Final = 0.3
"""So much of a hop may be left over before there is one more window."""
SHORTEST_S: Final = 0.3
"""Less speech than this tells nothing about a voice."""

Starts = npt.NDArray[np.int64]
"""Where windows begin: samples from the start of the speech, rising."""


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """The speech of one utterance, from its first sound to its last."""

    pcm: Pcm
    start_s: float
    """Seconds from the start of the utterance's `pcm`."""
    window: int
    """Length of a window in samples."""

    @classmethod
    def of(cls, utterance: Utterance, window: int) -> Speech | None:
        """None when there is less than `SHORTEST_S` of it.

        Speech shorter than one window is repeated until it fills one: on half-second words that
        told voices better than a window filled up with the quiet around it.
        """
        first = max(0, round(utterance.speech_start_s * SAMPLE_RATE))
        last = min(len(utterance.pcm), round(utterance.speech_end_s * SAMPLE_RATE))
        if last - first < SHORTEST_S * SAMPLE_RATE:
            return None
        return cls(utterance.pcm[first:last], first / SAMPLE_RATE, window)

    def starts(self) -> Starts:
        """Evenly from the beginning to the end; a single window lies in the middle."""
        spare = max(0, len(self.pcm) - self.window)
        count = 1 + int(np.ceil(spare / (HOP_S * SAMPLE_RATE) - SPARED))
        if count <= 1:
            return np.array([spare // 2], dtype=np.int64)
        return np.linspace(0, spare, count).round().astype(np.int64)

    def sound(self, starts: Starts) -> Sequence[Pcm]:
        """The windows there, all of one length."""
        pcm = self.pcm if len(self.pcm) >= self.window else np.resize(self.pcm, self.window)
        return [pcm[start : start + self.window] for start in starts]

    def edges_s(self, starts: Starts) -> npt.NDArray[np.float64]:
        """What each window speaks for: the part nearer to its middle than to any other's.

        Shape (windows + 1,), in seconds from the start of the utterance's `pcm`.
        """
        middles = starts + self.window / 2
        between = (middles[1:] + middles[:-1]) / 2
        return self.start_s + np.concatenate([[0], between, [len(self.pcm)]]) / SAMPLE_RATE
