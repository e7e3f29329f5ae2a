"""Where to cut speech that goes on for too long: in a pause, never inside a word if it can be."""

from __future__ import annotations

from typing import Final

import numpy as np

from wallflower.audio.framing import FRAME
from wallflower.audio.judge import Probabilities
from wallflower.domain.speech import Pcm

VALLEY_FRAMES: Final = 5
"""Energy is averaged over 160 ms: longer than the closure of a "t", as short as a small pause."""


def best_cut(probabilities: Probabilities, pcm: Pcm, pause_below: float) -> int:
    """The frame to cut before, 0 to n - 1.

    `probabilities` has n frames, at least one; `pcm` their n * `FRAME` samples. The middle of the
    longest run of frames below `pause_below`; without any, the middle of the quietest 160 ms.
    """
    start, length = _longest_run(probabilities < pause_below)
    if length:
        return start + length // 2
    energy = np.square(pcm.reshape(-1, FRAME).astype(np.float32)).mean(axis=1)
    width = min(VALLEY_FRAMES, len(energy))
    valley = np.convolve(energy, np.ones(width, np.float32), mode="valid")
    return int(valley.argmin()) + width // 2


def _longest_run(low: np.typing.NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the longest run of True; the last one among equals; (0, 0) if none."""
    edges = np.flatnonzero(np.diff(low.astype(np.int8), prepend=0, append=0))
    if not len(edges):
        return 0, 0
    starts, lengths = edges[::2], np.diff(edges)[::2]
    longest = len(lengths) - 1 - int(lengths[::-1].argmax())
    return int(starts[longest]), int(lengths[longest])
