"""Facts in the past tense, on one bus. Frozen, so they fan out safely.

Events with an `event_id` were stored first and are replayed from the journal after a restart or
a lost connection; the others describe the present moment and are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.speech import Line, SpeakerRef
from wallflower.domain.streams import StreamHealth, StreamSpec
from wallflower.domain.times import WallTime


@dataclass(frozen=True, slots=True)
class LineCommitted:
    """A new line stands in the store."""

    event_id: int
    line: Line
    """With its `id`."""


@dataclass(frozen=True, slots=True)
class LineCorrected:
    """A stored line's speaker or text was changed."""

    event_id: int
    line: Line


@dataclass(frozen=True, slots=True)
class LineDeleted:
    event_id: int
    line_id: int
    stream_id: str


@dataclass(frozen=True, slots=True)
class SpeakerRenamed:
    """A voice got a name; every line of it carries the name from now on."""

    event_id: int
    speaker_id: int
    name: str
    known: bool


@dataclass(frozen=True, slots=True)
class SpeakerMerged:
    """Two voices were one: every line of `gone_id` is `into_id`'s from now on."""

    event_id: int
    gone_id: int
    into_id: int


@dataclass(frozen=True, slots=True)
class SpeakerForgotten:
    """A voice is gone; its lines have no speaker any more."""

    event_id: int
    speaker_id: int


@dataclass(frozen=True, slots=True)
class SpeechChanged:
    """Somebody began (`on`) or stopped talking on a stream."""

    stream_id: str
    on: bool
    at: WallTime


@dataclass(frozen=True, slots=True)
class SpeakerHeard:
    """Who talks on a stream now, when that changed or after a pause."""

    stream_id: str
    speaker: SpeakerRef
    since: WallTime


@dataclass(frozen=True, slots=True)
class PartialHeard:
    """Text so far of an utterance that still goes on."""

    stream_id: str
    text: str
    start: WallTime


@dataclass(frozen=True, slots=True)
class KeywordHeard:
    """A keyword was said: one for each time it is said, as soon as it is recognised."""

    stream_id: str
    keyword: str
    """As its owner wrote it."""
    emergency: bool
    text: str
    """What it was said in, as far as that was recognised."""
    speaker: SpeakerRef | None
    """None where nobody could be told (yet)."""
    confidence: float
    """Mean probability of its words, 0 to 1."""
    line_id: int | None
    """None when it was heard while somebody still talks: the line is not written yet."""
    at: WallTime
    """When its first word began."""


@dataclass(frozen=True, slots=True)
class SilenceChanged:
    """Nobody has spoken on a stream for long (`silent`), or somebody speaks again."""

    stream_id: str
    silent: bool
    minutes: float
    """How long nobody spoke."""
    at: WallTime


@dataclass(frozen=True, slots=True)
class StreamHealthChanged:
    health: StreamHealth


@dataclass(frozen=True, slots=True)
class StreamAdded:
    spec: StreamSpec


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """Name, URL, area or a switch of a stream changed."""

    spec: StreamSpec


@dataclass(frozen=True, slots=True)
class StreamRemoved:
    stream_id: str


@dataclass(frozen=True, slots=True)
class HouseListeningChanged:
    """The switch for the whole house."""

    on: bool


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """A part of the appliance (engine, broker, store …) changed its health."""

    part: str


Event = (
    LineCommitted
    | LineCorrected
    | LineDeleted
    | SpeakerRenamed
    | SpeakerMerged
    | SpeakerForgotten
    | SpeechChanged
    | SpeakerHeard
    | PartialHeard
    | KeywordHeard
    | SilenceChanged
    | StreamHealthChanged
    | StreamAdded
    | StreamChanged
    | StreamRemoved
    | HouseListeningChanged
    | HealthChanged
)

Recorded = (
    LineCommitted | LineCorrected | LineDeleted | SpeakerRenamed | SpeakerMerged | SpeakerForgotten
)
"""Events that stand in the journal."""
