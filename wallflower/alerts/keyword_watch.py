"""Tells the house of keywords, as soon as they are recognised and each time once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wallflower.alerts.keywords import lost_streams
from wallflower.alerts.occurrences import Occurrence, Occurrences
from wallflower.domain.control import HouseControl
from wallflower.domain.events import (
    Event,
    KeywordHeard,
    LineCommitted,
    StreamAdded,
    StreamChanged,
    StreamRemoved,
)
from wallflower.domain.keywords import Keyword
from wallflower.domain.speech import Line, Transcript, Utterance
from wallflower.domain.streams import StreamSpec
from wallflower.runtime.bus import Bus
from wallflower.runtime.clock import Clock, within
from wallflower.runtime.health import Health, HealthState
from wallflower.timeline import fuse

PART: Final = "keywords"
PATIENCE_S: Final = 0.5
"""How long a keyword may wait for the name of who said it."""

LinesOf = Callable[[Utterance, Transcript], Coroutine[Any, Any, Sequence[Line]]]
"""Who said what in a snapshot: its lines, with speakers where they are known."""


@dataclass(frozen=True, slots=True)
class _Ear:
    """What is listened for on one stream."""

    spec: StreamSpec
    keywords: tuple[Keyword, ...]
    occurrences: Occurrences


class KeywordWatch:
    """Publishes `KeywordHeard` for `keywords`. `run` it; streams call `so_far`.

    What was said is heard twice, so far and as a line: the first is soon, the second is sure. One
    event loop only.
    """

    def __init__(
        self,
        keywords: Sequence[Keyword],
        *,
        bus: Bus,
        clock: Clock,
        health: Health,
        lines_of: LinesOf,
    ) -> None:
        self._keywords = tuple(keywords)
        self._bus = bus
        self._clock = clock
        self._health = health
        self._lines_of = lines_of
        self._ears: dict[str, _Ear] = {}

    async def so_far(self, utterance: Utterance, transcript: Transcript) -> None:
        """Tell what is new in a snapshot; takes `PATIENCE_S` at most, and mostly no time."""
        ear = self._ears.get(utterance.stream_id)
        news = ear.occurrences.so_far(utterance, transcript.words) if ear else []
        if not news:
            return
        lines = await self._lines(utterance, transcript)
        for each in news:
            # Voices may change within a phrase: it is of whoever ends it.
            line = next((line for line in lines if line.end >= each.end), lines[-1])
            self._tell(each, line)

    async def run(self, house: HouseControl) -> None:
        """Read lines as they are written, for ever; those that are there are read to the end
        when it is cancelled."""
        kinds = (LineCommitted, StreamAdded, StreamChanged, StreamRemoved)
        with self._bus.subscribe(PART, *kinds) as heard:
            for spec in house.streams():
                self._listen_to(spec)
            self._report()
            try:
                async for event in heard:
                    self._take(event)
            finally:
                for event in heard.drain():
                    self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case LineCommitted(_, line):
                if ear := self._ears.get(line.stream_id):
                    for each in ear.occurrences.written(line):
                        self._tell(each, line)
            case StreamAdded(spec) | StreamChanged(spec):
                self._listen_to(spec)
                self._report()
            case StreamRemoved(stream_id):
                self._ears.pop(stream_id, None)
                self._report()

    def _listen_to(self, spec: StreamSpec) -> None:
        wanted = tuple(keyword for keyword in self._keywords if keyword.concerns(spec))
        ear = self._ears.get(spec.id)
        if ear is None or ear.keywords != wanted:
            self._ears[spec.id] = _Ear(spec, wanted, Occurrences(wanted))
        else:
            self._ears[spec.id] = _Ear(spec, wanted, ear.occurrences)

    def _report(self) -> None:
        lost = list(lost_streams(self._keywords, [ear.spec for ear in self._ears.values()]))
        if lost:
            self._health.report(PART, HealthState.DEGRADED, " ".join(lost), "keyword_stream")
        else:
            self._health.report(PART, HealthState.OK)

    async def _lines(self, utterance: Utterance, transcript: Transcript) -> Sequence[Line]:
        """The lines of a snapshot; without speakers when those are not known soon."""
        lines = await within(self._lines_of(utterance, transcript), PATIENCE_S, self._clock)
        return fuse(utterance, transcript, ()) if lines is None else lines

    def _tell(self, said: Occurrence, line: Line) -> None:
        self._bus.publish(
            KeywordHeard(
                stream_id=line.stream_id,
                keyword=said.keyword.phrase,
                emergency=said.keyword.emergency,
                text=line.text,
                speaker=line.speaker,
                confidence=said.confidence,
                line_id=line.id,
                at=said.start,
            )
        )
