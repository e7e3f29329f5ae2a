"""Which segments of a message are new. Pure.

Each message repeats the last completed segments and ends with at most one that is not completed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wallflower.asr.whisperlive.wire.events import Completed, Event, Missed, Segment, SoFar
from wallflower.asr.whisperlive.wire.messages import Said

_SETTLED = 2
"""Text that was told this often was no passing guess."""


class Segments:
    """Follows one connection; `window` is how many completed segments a message repeats."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._known: list[Segment] = []
        """As the server sent them, the last `window` of them."""
        self._open: Segment | None = None
        """What was told and not completed."""
        self._told = 0
        """How often its text came."""
        self._promoted: Segment | None = None
        """The last that was completed here because the server went past it."""

    def receive(self, message: Sequence[Said]) -> list[Event]:
        """What is new in `message`: `Missed` if some are lost, each `Completed`, one `SoFar`."""
        completed = [one.segment for one in message if one.completed]
        overlap = _overlap(self._known, completed)
        new = completed[overlap:]
        last = self._known[-1] if self._known else None
        self._known = [*self._known, *new][-self._window :]
        events: list[Event] = []
        if new and not overlap and len(completed) >= self._window:
            events.append(Missed())
        unfinished = [one.segment for one in message if not one.completed]
        so_far = unfinished[-1] if unfinished and not self._knows(unfinished[-1]) else None
        events += [Completed(one) for one in self._passed_over(new, so_far, last)]
        events += [Completed(self._mended(one)) for one in new if not self._knows(one)]
        self._note(new, so_far)
        return [*events, SoFar(so_far)]

    def end(self) -> list[Event]:
        """No more will come: what was not completed is the end of the text."""
        rest, self._open = self._open, None
        return [] if rest is None else [Completed(rest)]

    def _passed_over(
        self, new: Sequence[Segment], so_far: Segment | None, last: Segment | None
    ) -> list[Segment]:
        """The open segment, when the server went past it without ever completing it.

        It does so with text that equals the completed text before. Other text that is gone was
        a guess that more sound corrected, unless it had settled.
        """
        rest = [*new, *([so_far] if so_far is not None else [])]
        if self._open is None or _overlaps(self._open, rest):
            return []
        repeats = last is not None and _alike(last, self._open)
        if not repeats and not (rest and self._told >= _SETTLED):
            return []
        self._promoted, self._open = self._open, None
        return [self._promoted]

    def _note(self, new: Sequence[Segment], so_far: Segment | None) -> None:
        """Remember what is open now. Text that is missing from one message may come back."""
        before = self._open
        if so_far is not None:
            same = before is not None and _alike(before, so_far)
            self._told = self._told + 1 if same else 1
            self._open = so_far
        elif new:
            self._open = None

    def _knows(self, segment: Segment) -> bool:
        """Whether `segment` was completed here before the server came back to it."""
        done = self._promoted
        return done is not None and _alike(done, segment) and _overlaps(done, [segment])

    def _mended(self, segment: Segment) -> Segment:
        """A segment completed by repetition has no words and starts too early: it was told before
        with both.
        """
        before = self._open
        if segment.words or before is None or not _alike(before, segment):
            return segment
        return replace(segment, start_s=max(segment.start_s, before.start_s), words=before.words)


def _overlaps(segment: Segment, later: Sequence[Segment]) -> bool:
    return any(one.start_s < segment.end_s for one in later)


def _alike(one: Segment, other: Segment) -> bool:
    return one.text.casefold() == other.text.casefold()


def _overlap(known: Sequence[Segment], completed: Sequence[Segment]) -> int:
    """How many of `completed`, from its start, are the end of `known`."""
    for length in range(min(len(known), len(completed)), 0, -1):
        if list(known[-length:]) == list(completed[:length]):
            return length
    return 0
