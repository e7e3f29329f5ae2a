"""How soon a server will have written, from how soon it had. Pure."""

from __future__ import annotations

from typing import Final

PRIOR_S: Final = 1.0
"""What an utterance takes on a server nobody has asked yet."""
_NEWEST: Final = 0.3
"""Weight of the newest measurement."""
FORGET_S: Final = 60.0
"""After so long without a measurement half of what was learnt is forgotten: a server that was slow
gets another try."""


class Estimate:
    """Seconds of service per utterance of one server.

    A server that works on one utterance after another takes n times as long for n at once; one
    that works on them side by side does not. Dividing each measured time by how many were waiting
    gives the seconds per utterance that are right for either at the load it has.
    """

    def __init__(self) -> None:
        self._service_s = PRIOR_S
        self._at_s: float | None = None
        self.lag_s: float | None = None
        """Smoothed time from handing over an utterance to having its text; None: never had."""

    def note(self, took_s: float, waiting: int, now_s: float) -> None:
        """An utterance took `took_s` seconds while `waiting` (itself included) were asked."""
        sample_s = took_s / max(1, waiting)
        self._service_s = (
            sample_s if self._at_s is None else _blend(self.service_s(now_s), sample_s)
        )
        self._at_s = now_s
        self.lag_s = took_s if self.lag_s is None else _blend(self.lag_s, took_s)

    def service_s(self, now_s: float) -> float:
        """Seconds per utterance, drawn towards `PRIOR_S` as time goes by."""
        if self._at_s is None:
            return PRIOR_S
        kept: float = 0.5 ** max(0.0, (now_s - self._at_s) / FORGET_S)
        return PRIOR_S + kept * (self._service_s - PRIOR_S)

    def expected_s(self, waiting: int, now_s: float) -> float:
        """How long one more utterance will take when `waiting` are there already."""
        return self.service_s(now_s) * (waiting + 1)


def _blend(old: float, new: float) -> float:
    return old + _NEWEST * (new - old)
