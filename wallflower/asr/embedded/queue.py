"""Who is decoded next: fair between streams, ended speech before guesses. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

J = TypeVar("J")


@dataclass(slots=True)
class _Waiting(Generic[J]):
    """What one stream waits for."""

    served_s: float
    """Speech of it that was handed out, plus what it would have got before it came."""
    finals: deque[tuple[J, float]] = field(default_factory=deque)
    partial: tuple[J, float] | None = None


class FairQueue(Generic[J]):
    """Jobs of many streams, each with its seconds of speech.

    The stream that got the fewest seconds so far comes next; one that was quiet for long has
    no claim to what it did not use. Finals of a stream keep their order. A partial comes only
    when no final waits at all, and only the newest of a stream is kept.
    """

    def __init__(self, per_stream: int) -> None:
        """`per_stream`: how many finals of one stream may wait."""
        if per_stream < 1:
            raise ValueError(f"per_stream must be at least 1, not {per_stream}")
        self._per_stream = per_stream
        self._streams: dict[str, _Waiting[J]] = {}
        self._now_s = 0.0
        """What the stream served last had got: where newcomers begin."""
        self.dropped = 0
        """How many finals went because their stream had too many, ever."""

    def put_final(self, stream_id: str, job: J, seconds: float) -> J | None:
        """Append; return the stream's oldest job when that had to go for it."""
        waiting = self._of(stream_id)
        lost: J | None = None
        if len(waiting.finals) >= self._per_stream:
            lost, _ = waiting.finals.popleft()
            self.dropped += 1
        waiting.finals.append((job, seconds))
        return lost

    def put_partial(self, stream_id: str, job: J, seconds: float) -> J | None:
        """Offer; return the stream's older partial that this one replaces."""
        waiting = self._of(stream_id)
        old = waiting.partial
        waiting.partial = (job, seconds)
        return old[0] if old else None

    def take_partial(self, stream_id: str) -> J | None:
        """Take the stream's waiting partial out, if there is one."""
        waiting = self._streams.get(stream_id)
        if waiting is None or waiting.partial is None:
            return None
        job, _ = waiting.partial
        waiting.partial = None
        return job

    def take(self, limit: int, seconds: float) -> list[J]:
        """Up to `limit` jobs to decode together, of about `seconds` of speech at most.

        Finals, or partials where none waits, never both; at least one where any waits.
        """
        finals = self.finals > 0
        jobs: list[J] = []
        room_s = seconds
        while len(jobs) < limit and (next_up := self._least_served(finals=finals)) is not None:
            job, length_s = next_up.finals[0] if finals else next_up.partial or (None, 0.0)
            if job is None or (jobs and length_s > room_s):
                break
            if finals:
                next_up.finals.popleft()
            else:
                next_up.partial = None
            self._now_s = next_up.served_s
            next_up.served_s += length_s
            room_s -= length_s
            jobs.append(job)
        return jobs

    def clear(self, stream_id: str) -> list[J]:
        """Forget the stream; return what it still waited for."""
        waiting = self._streams.pop(stream_id, None)
        if waiting is None:
            return []
        jobs = [job for job, _ in waiting.finals]
        return jobs if waiting.partial is None else [*jobs, waiting.partial[0]]

    @property
    def stream_ids(self) -> tuple[str, ...]:
        return tuple(self._streams)

    @property
    def finals(self) -> int:
        """How many finals wait."""
        return sum(len(waiting.finals) for waiting in self._streams.values())

    @property
    def partials(self) -> int:
        """How many partials wait."""
        return sum(waiting.partial is not None for waiting in self._streams.values())

    @property
    def seconds(self) -> float:
        """Seconds of speech in the finals that wait."""
        return sum(s for waiting in self._streams.values() for _, s in waiting.finals)

    def _of(self, stream_id: str) -> _Waiting[J]:
        waiting = self._streams.setdefault(stream_id, _Waiting(self._now_s))
        if not waiting.finals and waiting.partial is None:
            waiting.served_s = max(waiting.served_s, self._now_s)
        return waiting

    def _least_served(self, *, finals: bool) -> _Waiting[J] | None:
        ready = (w for w in self._streams.values() if (w.finals if finals else w.partial))
        return min(ready, key=lambda waiting: waiting.served_s, default=None)
