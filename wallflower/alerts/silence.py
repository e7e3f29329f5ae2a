"""How long nobody has spoken on one stream. Pure; seconds are of a clock that never jumps."""

from __future__ import annotations


class Silence:
    """Counts while the stream is listened to, from nothing whenever that begins anew.

    It is told once when it has lasted `after_s`, and once that it is over: by then it may have
    outlasted pauses in listening.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._listening = False
        self._talking = False
        self._told = False
        self._since_s = 0.0

    def listen(self, on: bool, now_s: float) -> None:
        """Whether sound of the stream arrives."""
        if on and not self._listening and not self._told:
            self._since_s = now_s
        self._listening = on

    def speech(self, on: bool, now_s: float) -> float | None:
        """Somebody begins or stops talking. Seconds of the silence if one that was told ends."""
        over_s = now_s - self._since_s if on and self._told else None
        if on:
            self._told = False
        self._talking, self._since_s = on, now_s
        return over_s

    def due(self, now_s: float) -> float | None:
        """Seconds of silence so far, if it is to be told now; it counts as told then."""
        lasts_s = now_s - self._since_s
        if self._told or self._talking or not self._listening or lasts_s < self._after_s:
            return None
        self._told = True
        return lasts_s
