"""One utterance on its way: which of the server's words are its own, and when all are there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from wallflower.asr.whisperlive.events import Completed, Missed, Segment, SoFar, Translated
from wallflower.asr.whisperlive.failures import Incomplete
from wallflower.asr.whisperlive.words import between
from wallflower.domain.errors import EngineFailed


@dataclass(slots=True, eq=False)
class Ask:
    """`first_s` and `last_s`: where its sound lies on the connection, in seconds."""

    first_s: float
    last_s: float
    translating: bool = False
    """Whether the text is the server's translation; servers translate completed segments only."""
    answer: asyncio.Future[list[Segment]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    _completed: list[Segment] = field(default_factory=list)
    _translated: list[Segment] = field(default_factory=list)
    _settled: bool = False

    def take(self, event: Completed | SoFar | Translated | Missed) -> None:
        """One event of the connection, in order; `answer` is set when all is known."""
        match event:
            case Completed(segment):
                self._completed += self._ours(segment)
            case Translated(segment):
                self._translated += self._ours(segment)
                self._give_translation()
            case SoFar(segment):
                self._so_far(segment)
            case Missed():
                self.fail(Incomplete("The server completed more segments than it told."))

    def fail(self, error: EngineFailed) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # Whoever asked may have gone.
            self.answer.exception()

    def _so_far(self, segment: Segment | None) -> None:
        told = self._completed + ([] if segment is None else self._ours(segment))
        if not told:
            return
        if self.translating and between(told, self.first_s, self.last_s):
            self._settled = segment is None
            self._give_translation()
        else:
            # The sound came in one message, so any text of it is the text of all of it. Text from
            # behind it means that nothing was said in it.
            self._give(told)

    def _give_translation(self) -> None:
        if self._settled and len(self._translated) >= len(self._completed):
            self._give(self._translated)

    def _give(self, segments: list[Segment]) -> None:
        if not self.answer.done():
            self.answer.set_result(between(segments, self.first_s, self.last_s))

    def _ours(self, segment: Segment) -> list[Segment]:
        return [segment] if segment.end_s > self.first_s else []
