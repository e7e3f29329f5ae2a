"""Where the beeps of `tests.support.rtsp.BEEPS` are in what was captured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wallflower.domain.pcm import PcmBlock
from wallflower.domain.times import SAMPLE_RATE

LOUD = 4000
QUIET_S = 0.3
"""Beeps are a second apart; louder samples closer together belong to one."""


def beeps(blocks: Sequence[PcmBlock]) -> list[int]:
    """The sample numbers, from the first block's start, at which beeps begin."""
    pcm = np.frombuffer(b"".join(block.data for block in blocks), "<i2")
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > LOUD)
    if not loud.size:
        return []
    starts = loud[np.flatnonzero(np.diff(loud) > QUIET_S * SAMPLE_RATE) + 1]
    return [int(loud[0]), *map(int, starts)]


def media_times(blocks: Sequence[PcmBlock]) -> list[float]:
    """When beeps begin, in seconds of media time."""
    return [blocks[0].media.ns / 1e9 + at / SAMPLE_RATE for at in beeps(blocks)]


def wall_times(blocks: Sequence[PcmBlock]) -> list[float]:
    """When beeps begin, in POSIX seconds as the blocks tell."""
    found = []
    for at in beeps(blocks):
        for block in blocks:
            first = (block.media.ns - blocks[0].media.ns) * SAMPLE_RATE // 1_000_000_000
            if first <= at < first + len(block.data) // 2:
                found.append(block.wall.seconds + (at - first) / SAMPLE_RATE)
    return found
