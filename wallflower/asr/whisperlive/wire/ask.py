"""One utterance on its way: which of the server's words are its own, and when all are there."""

from __future__ import annotations

from wallflower.asr.whisperlive.failures import Incomplete
from wallflower.asr.whisperlive.wire.events import Completed, Missed, Segment, SoFar, Translated
from wallflower.asr.whisperlive.wire.words import between


class Ask:
    """`first_s` and `last_s`: where its sound lies on the connection, in seconds.

    `translating`: the text is the server's translation; servers translate completed segments only.
    """

    def __init__(self, first_s: float, last_s: float, *, translating: bool = False) -> None:
        self._first_s = first_s
        self._last_s = last_s
        self._translating = translating
        self._completed: list[Segment] = []
        self._translated: list[Segment] = []
        self._settled = False

    def take(self, event: Completed | SoFar | Translated | Missed) -> list[Segment] | None:
        """One event of the connection, in order; its text once all of that is known, else None.

        What comes after that is not its own any more. Raises `Incomplete`.
        """
        match event:
            case Completed(segment):
                self._completed += self._ours(segment)
            case Translated(segment):
                self._translated += self._ours(segment)
                return self._translation()
            case SoFar(segment):
                return self._so_far(segment)
            case Missed():
                raise Incomplete("The server completed more segments than it told.")
        return None

    def _so_far(self, segment: Segment | None) -> list[Segment] | None:
        told = self._completed + ([] if segment is None else self._ours(segment))
        if not told:
            return None
        mine = between(told, self._first_s, self._last_s)
        if self._translating and mine:
            self._settled = segment is None
            return self._translation()
        # The sound came in one message, so any text of it is the text of all of it. Text from
        # behind it means that nothing was said in it.
        return mine

    def _translation(self) -> list[Segment] | None:
        if self._settled and len(self._translated) >= len(self._completed):
            return between(self._translated, self._first_s, self._last_s)
        return None

    def _ours(self, segment: Segment) -> list[Segment]:
        return [segment] if segment.end_s > self._first_s else []
