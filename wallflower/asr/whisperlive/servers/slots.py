"""How many places a server has for us. Pure."""

from __future__ import annotations


class Slots:
    """Places taken, and the most there are: as configured, or learnt from "I am full"."""

    def __init__(self, configured: int | None) -> None:
        self._configured = configured
        self._learnt: int | None = None
        self.taken = 0

    @property
    def limit(self) -> int | None:
        """None: not known."""
        known = [one for one in (self._configured, self._learnt) if one is not None]
        return min(known, default=None)

    @property
    def free(self) -> bool:
        return self.limit is None or self.taken < self.limit

    def take(self) -> None:
        self.taken += 1

    def give_back(self) -> None:
        self.taken -= 1

    def refused(self) -> None:
        """One of the places taken was refused: the others are all there are."""
        self._learnt = max(0, self.taken - 1)

    def ask_again(self) -> None:
        """What was learnt is out of date: others may have left."""
        self._learnt = None
