"""What voices sound like, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Embedding = npt.NDArray[np.float32]
"""A voice print: shape (dimension,), L2 norm 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """What a stretch of speech sounded like: overlapping windows, in order, each encoded."""

    encoder: str
    """Name and version of the encoder; prints of different encoders never mix."""
    windows: npt.NDArray[np.float32]
    """Shape (windows, dimension), each of L2 norm 1."""
    edges_s: npt.NDArray[np.float64]
    """Shape (windows + 1,), rising: window `i` speaks for `edges_s[i]` to `edges_s[i + 1]`, in
    seconds from the start of what these prints belong to (an utterance's `pcm`, or a line)."""
    overlapped: npt.NDArray[np.bool_]
    """Shape (windows,): two people talk at once; such windows teach no voice."""
    contrast_db: float
    """How far speech stood out from its room, in dB: about 35 quiet, 17 living room, 11 noisy."""

    @property
    def speech_s(self) -> float:
        """Seconds of speech with one voice."""
        return float(np.diff(self.edges_s)[~self.overlapped].sum())

    def mean(self) -> tuple[Embedding, float]:
        """The mean of the windows with one voice, each as much as it speaks for, and the seconds.

        All windows count where two people talk in every one. There must be a window.
        """
        alone = np.ones_like(self.overlapped) if self.overlapped.all() else ~self.overlapped
        shares_s = np.diff(self.edges_s)[alone]
        mean = shares_s @ self.windows[alone]
        length = max(float(np.linalg.norm(mean)), 1e-12)
        return np.asarray(mean / length, dtype=np.float32), float(shares_s.sum())

    def between(self, start_s: float, end_s: float) -> Prints:
        """The windows that speak for `start_s` to `end_s`, their edges counted from `start_s`.

        At least the one window nearest to the stretch. There must be a window.
        """
        middles = (self.edges_s[1:] + self.edges_s[:-1]) / 2
        mine = np.flatnonzero((middles >= start_s) & (middles <= end_s))
        if not len(mine):
            mine = np.array([np.abs(middles - (start_s + end_s) / 2).argmin()])
        first, last = int(mine[0]), int(mine[-1]) + 1
        return Prints(
            self.encoder,
            self.windows[first:last],
            self.edges_s[first : last + 1] - start_s,
            self.overlapped[first:last],
            self.contrast_db,
        )
