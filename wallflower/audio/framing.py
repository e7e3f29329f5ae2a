"""From blocks of any length to steps of four frames, each sample with its position and time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Pcm
from wallflower.domain.times import NS_PER_S, SAMPLE_RATE, MediaTime, WallTime

FRAME: Final = 512
"""Samples per frame (32 ms): what Silero judges at once."""

FRAMES_PER_STEP: Final = 4
STEP: Final = FRAME * FRAMES_PER_STEP
"""Samples per step (128 ms). All later work goes by steps on a fixed grid and never by blocks,
so the same sound gives the same result however it was cut into blocks."""

NS_PER_SAMPLE: Final = NS_PER_S // SAMPLE_RATE

JITTER_NS: Final = FRAME * NS_PER_SAMPLE
"""Media time off by less than a frame is imprecision of the source, not lost sound."""


def samples(seconds: float) -> int:
    """The number of samples nearest to `seconds`."""
    return round(seconds * SAMPLE_RATE)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Up to `STEP` consecutive samples."""

    position: int
    """Number of its first sample, counted over all samples ever received."""
    pcm: Pcm
    """Read-only, `STEP` samples; 0 to `STEP` when `last`."""
    last: bool = False
    """True when nothing follows it without a gap."""


class Framer:
    """Cuts one capture run's blocks into steps.

    A gap is a block marked so, or one whose media time is not where the block before it ended
    (a queue dropped blocks). The step before a gap is short and `last`; the grid starts anew.
    """

    def __init__(self) -> None:
        self._rest: Pcm = np.empty(0, np.int16)
        self._position = 0
        self._next_media: MediaTime | None = None
        self._anchors: deque[tuple[int, WallTime]] = deque()

    def feed(self, block: PcmBlock) -> Iterator[Step]:
        """The steps that are complete with `block`. Consume all before the next call.

        Raises `ValueError` when the data is not a whole number of samples.
        """
        fresh = np.frombuffer(block.data, "<i2")
        if self._is_gap(block):
            yield self.flush()
        received = self._position + len(self._rest)
        self._anchor(received, block.wall)
        self._next_media = MediaTime(block.media.ns + len(fresh) * NS_PER_SAMPLE)
        pending = np.concatenate((self._rest, fresh)) if len(self._rest) else fresh
        whole = len(pending) - len(pending) % STEP
        # A copy, or the rest would keep a whole block alive.
        self._rest = pending[whole:].copy()
        for start in range(0, whole, STEP):
            position, self._position = self._position, self._position + STEP
            yield Step(position, pending[start : start + STEP])

    def flush(self) -> Step:
        """The samples left over, as a `last` step that may be empty."""
        step = Step(self._position, self._rest, last=True)
        self._position += len(self._rest)
        self._rest = np.empty(0, np.int16)
        self._next_media = None
        return step

    def wall_at(self, position: int) -> WallTime:
        """When sample number `position` was heard.

        Positions before the last `forget` are counted back from the oldest time still known.
        Raises `LookupError` before the first block.
        """
        if not self._anchors:
            raise LookupError("no block was received yet")
        best = self._anchors[0]
        for anchor in self._anchors:
            if anchor[0] > position:
                break
            best = anchor
        return WallTime(best[1].ns + (position - best[0]) * NS_PER_SAMPLE)

    def forget(self, position: int) -> None:
        """Times before `position` are not asked for any more."""
        while len(self._anchors) > 1 and self._anchors[1][0] <= position:
            self._anchors.popleft()

    def _is_gap(self, block: PcmBlock) -> bool:
        if self._next_media is None:
            return False
        return block.gap or abs(block.media.ns - self._next_media.ns) >= JITTER_NS

    def _anchor(self, position: int, wall: WallTime) -> None:
        # One anchor lasts as long as wall time runs with the samples.
        if not self._anchors or self.wall_at(position) != wall:
            self._anchors.append((position, wall))
