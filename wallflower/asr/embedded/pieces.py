"""Utterances longer than the model's window, cut where it is quietest. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

MAX_S: Final = 28.0
"""The longest piece: with its margin it still fits the window."""
_EARLIEST_S: Final = 18.0
_QUIET = SAMPLE_RATE // 5
"""Samples over which loudness is taken: 0.2 s, a short pause."""


def pieces(pcm: Pcm) -> list[tuple[int, Pcm]]:
    """`pcm` in parts of at most `MAX_S` seconds, each with the number of its first sample."""
    parts = []
    first = 0
    while (len(pcm) - first) > MAX_S * SAMPLE_RATE:
        earliest = first + int(_EARLIEST_S * SAMPLE_RATE)
        latest = first + int(MAX_S * SAMPLE_RATE)
        cut = earliest + _quietest(pcm[earliest:latest])
        parts.append((first, pcm[first:cut]))
        first = cut
    parts.append((first, pcm[first:]))
    return parts


def _quietest(pcm: Pcm) -> int:
    """The middle of the quietest `_QUIET` samples."""
    step = _QUIET // 4
    frames = pcm[: len(pcm) // step * step].astype(np.float32).reshape(-1, step)
    energy = np.convolve((frames**2).sum(axis=1), np.ones(4), mode="valid")
    return int(energy.argmin()) * step + _QUIET // 2
