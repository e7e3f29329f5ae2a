"""Where an utterance is looked at: overlapping windows over its speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm, Utterance
from wallflower.domain.times import SAMPLE_RATE

HOP_S: Final = 0.4
"""From window to window: what 0.2 s would find more is less than what it costs."""
SHORTEST_S: Final = 0.3
"""Less speech than this tells nothing about a voice."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of one utterance, in order. Their shares tile its speech."""

    sound: tuple[Pcm, ...]
    """All of the same length."""
    edges_s: npt.NDArray[np.float64]
    """Shape (windows + 1,): window `i` speaks for `edges_s[i]` to `edges_s[i + 1]`, in seconds
    from the start of the utterance's `pcm`: the part nearer to its middle than to any other's."""

    @property
    def shares_s(self) -> npt.NDArray[np.float64]:
        """Seconds of speech each window speaks for, shape (windows,)."""
        return np.diff(self.edges_s)


def windows_of(utterance: Utterance, length: int) -> Windows:
    """Windows of `length` samples, about `HOP_S` apart, from first speech to last.

    Speech shorter than one window is repeated until it fills one: on half-second words that told
    voices better than a window filled up with the quiet around it.
    No windows when there is less than `SHORTEST_S` of speech.
    """
    first = max(0, round(utterance.speech_start_s * SAMPLE_RATE))
    last = min(len(utterance.pcm), round(utterance.speech_end_s * SAMPLE_RATE))
    speech = utterance.pcm[first:last]
    if len(speech) < SHORTEST_S * SAMPLE_RATE:
        return Windows((), np.zeros(1))
    if len(speech) <= length:
        starts = np.zeros(1, dtype=np.int64)
        speech = np.resize(speech, length)
    else:
        spare = len(speech) - length
        count = 1 + int(np.ceil(spare / (HOP_S * SAMPLE_RATE)))
        starts = np.linspace(0, spare, count).round().astype(np.int64)
    middles = (first + starts + length / 2) / SAMPLE_RATE
    between = (middles[1:] + middles[:-1]) / 2
    edges = np.concatenate([[first / SAMPLE_RATE], between, [last / SAMPLE_RATE]])
    return Windows(tuple(speech[start : start + length] for start in starts), edges)
