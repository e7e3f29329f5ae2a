"""From a capture's own clock to UTC, and whether the two still belong together."""

from __future__ import annotations

from collections import deque
from typing import Final

from wallflower.domain.times import NS_PER_S, MediaTime, WallTime

WINDOW_S: Final = 60.0
"""How long one arrival can hold the anchor. Longer rides out longer congestion, shorter follows a
camera's clock sooner: at 100 ppm, a generous crystal, it lags by 6 ms."""


FASTEST: Final = 1.01
"""No camera's clock runs faster than this; what is faster is not live."""


class Lead:
    """How far a source has run ahead of real time, in seconds.

    It grows in a burst and shrinks while we wait, never below 0: a stall is no credit. A camera
    clock that runs a little fast (less than `FASTEST`) never adds up, however long the run.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._lead_s = 0.0

    def after(self, block_s: float, *, monotonic_s: float) -> float:
        """The lead once a block of `block_s` seconds has arrived at `monotonic_s`."""
        passed_s = 0.0 if self._last_s is None else monotonic_s - self._last_s
        self._last_s = monotonic_s
        self._lead_s = max(0.0, self._lead_s + block_s - FASTEST * passed_s)
        return self._lead_s


class WallClock:
    """When the sound of one capture run was heard.

    Sound cannot arrive before it was made, and every delay on the way only makes it later: so the
    **earliest** of recent arrivals, measured against media time, tells best how the two clocks
    lie. Bursts at the start and jitter of the network do not move it; a camera clock that runs
    slow or fast is followed, because an arrival counts for `WINDOW_S` only.

    What it promises, for calls in the order of media time:
    - no moment lies in the future: sound ended at the latest when it arrived;
    - time never runs backwards, measured on the machine's monotonic clock. If somebody sets the
      machine's wall clock, results follow it at once, in either direction;
    - once a block arrived without delay, and for `WINDOW_S` from then on, results are late by no
      more than what the two clocks drifted apart in that time.
    """

    def __init__(self) -> None:
        # (when it arrived, how far arrival lies behind media time), both in s on the monotonic
        # clock. The second only grows from front to back: the front is the window's minimum.
        self._earliest: deque[tuple[float, float]] = deque()
        self._last_s = float("-inf")

    def heard(
        self, start: MediaTime, end: MediaTime, *, monotonic_s: float, wall: WallTime
    ) -> WallTime:
        """The UTC moment of `start`, the beginning of a block that ends at `end`.

        `monotonic_s` and `wall` are two readings of the same moment: the block's arrival.
        """
        offset_s = monotonic_s - end.ns / NS_PER_S
        while self._earliest and self._earliest[-1][1] >= offset_s:
            self._earliest.pop()
        self._earliest.append((monotonic_s, offset_s))
        while self._earliest[0][0] < monotonic_s - WINDOW_S:
            self._earliest.popleft()
        at_s = start.ns / NS_PER_S + self._earliest[0][1]
        self._last_s = max(self._last_s, at_s)
        return wall.plus(self._last_s - monotonic_s)
