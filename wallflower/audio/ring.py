"""The recent past of one stream, in one array allocated once."""

from __future__ import annotations

import numpy as np

from wallflower.domain.speech import Pcm


class Ring:
    """The last `capacity` samples, addressed by their number since the beginning."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._data: Pcm = np.zeros(capacity, np.int16)
        self._end = 0
        self._floor = 0

    @property
    def end(self) -> int:
        """Number of the sample that comes next."""
        return self._end

    @property
    def oldest(self) -> int:
        """Number of the oldest sample that can be read."""
        return max(self._floor, self._end - len(self._data))

    def append(self, pcm: Pcm) -> None:
        """Add samples; the oldest ones go. All but the last `capacity` of `pcm` are skipped."""
        self._end += len(pcm)
        pcm = pcm[-len(self._data) :]
        at = (self._end - len(pcm)) % len(self._data)
        until_edge = min(len(pcm), len(self._data) - at)
        self._data[at : at + until_edge] = pcm[:until_edge]
        self._data[: len(pcm) - until_edge] = pcm[until_edge:]

    def read(self, start: int, end: int) -> Pcm:
        """A read-only copy of the samples from number `start` up to `end`, `end` left out.

        Raises `IndexError` when they are gone or have not come yet.
        """
        if not self.oldest <= start <= end <= self._end:
            raise IndexError(f"{start}:{end} is not within {self.oldest}:{self._end}")
        at = start % len(self._data)
        length = end - start
        head = self._data[at : at + length]
        pcm: Pcm = np.concatenate((head, self._data[: length - len(head)]))
        pcm.flags.writeable = False
        return pcm

    def clear(self) -> None:
        """Forget all samples; numbers go on."""
        self._floor = self._end
