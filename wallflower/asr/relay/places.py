"""How many people may talk to the recognition servers at once. Pure but for its clock.

The servers' limit is not known and changes with what else the machine does, so it is felt out as
TCP feels out a line: each text in time adds a little, a late one halves (Chiu and Jain, "Analysis
of the Increase and Decrease Algorithms for Congestion Avoidance", 1989).
"""

from __future__ import annotations

from typing import Final

from wallflower.runtime.clock import Clock

AT_FIRST: Final = 2.0
"""A server on a CPU carries about one talker for each core; one on a GPU gets more places soon."""
IN_TIME_S: Final = 2.0
"""A text that comes later than this after the end of speech says: too many."""
REST_S: Final = (5.0, 60.0)
"""First and longest rest of servers that are too slow even for one talker."""
SETTLE_S: Final = 5.0
"""Talkers who share an overload are late together; after halving, their lateness is old news."""


class Places:
    """Places with the servers, taken while someone talks. `most` bounds them (None: nothing does).

    Never fewer than one: that one finds out when a slow server is faster again. Where even one
    talker is too much there is a rest before the next try, longer each time: every try that fails
    is a text that comes late.
    """

    def __init__(self, clock: Clock, most: int | None = None) -> None:
        self._clock = clock
        self._most = float("inf") if most is None else float(most)
        self._limit = min(AT_FIRST, self._most)
        self._halved_at = -SETTLE_S
        self._rest_s = REST_S[0]
        self._rests_until = -SETTLE_S
        self.taken = 0
        self.refused = 0
        """How often nobody could be let in."""

    @property
    def limit(self) -> int:
        """How many may talk to the servers at once, as it looks now."""
        return int(self._limit)

    def take(self) -> bool:
        """Take a place, if there is one."""
        if self.taken >= self.limit or self._clock.monotonic() < self._rests_until:
            self.refused += 1
            return False
        self.taken += 1
        return True

    def give_back(self) -> None:
        self.taken -= 1

    def came(self, late_s: float) -> None:
        """A text came `late_s` after the end of its speech; call before its `give_back`."""
        if late_s > IN_TIME_S:
            self.failed()
            return
        self._rest_s = REST_S[0]
        if self.taken >= self.limit:
            # Only when all were taken does being in time say that more could be carried.
            self._limit = min(self._most, self._limit + 1.0 / self._limit)

    def failed(self) -> None:
        """A text came too late, or not at all because the servers had no time for it."""
        now = self._clock.monotonic()
        if now - self._halved_at < SETTLE_S:
            return
        self._halved_at = now
        if self._limit > 1.0:
            self._limit = max(1.0, self._limit / 2)
        else:
            self._rests_until = now + self._rest_s
            self._rest_s = min(2 * self._rest_s, REST_S[1])
