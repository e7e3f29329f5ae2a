"""The data of server-sent events."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, Self

from pydantic import Field

from wallflower.api.schema.fields import Output, UtcText
from wallflower.api.schema.house import HealthOut, ListeningOut
from wallflower.api.schema.speech import LineOut, SpeakerNameOut, SpeakerRefOut
from wallflower.api.schema.streams import StreamOut, StreamRemovedOut
from wallflower.domain.control import HouseControl
from wallflower.domain.events import (
    KeywordHeard,
    PartialHeard,
    SilenceChanged,
    SpeakerForgotten,
    SpeakerHeard,
    SpeakerMerged,
    SpeakerRenamed,
    SpeechChanged,
)
from wallflower.domain.speech import Line


class EventName(StrEnum):
    """The `event:` field."""

    HELLO = "hello"
    TRANSCRIPT = "transcript"
    PARTIAL = "partial"
    SPEAKER = "speaker"
    SPEECH = "speech"
    ALERT = "alert"
    STATUS = "status"
    LISTENING = "listening"
    HEALTH = "health"


class HelloOut(Output):
    """First event, and again when events about the present moment were lost: ask afresh."""

    last_event_id: int = Field(description="The last event that can be replayed so far")
    version: str


class TranscriptOut(Output):
    """A line was written, corrected or deleted."""

    kind: Literal["new", "corrected", "deleted"]
    line: LineOut | None = Field(description="Null when deleted")
    line_id: int

    @classmethod
    def of(cls, kind: Literal["new", "corrected"], line: Line, house: HouseControl) -> Self:
        out = LineOut.of(line, house)
        return cls(kind=kind, line=out, line_id=out.id)


class PartialOut(Output):
    """Text so far of someone who still talks."""

    stream_id: str
    text: str
    start: UtcText

    @classmethod
    def of(cls, event: PartialHeard) -> Self:
        return cls(stream_id=event.stream_id, text=event.text, start=event.start.iso())


class SpeakerRenamedOut(Output):
    """A voice got a name."""

    kind: Literal["renamed"] = "renamed"
    speaker: SpeakerNameOut

    @classmethod
    def of(cls, event: SpeakerRenamed) -> Self:
        speaker = SpeakerNameOut(id=event.speaker_id, name=event.name, known=event.known)
        return cls(speaker=speaker)


class SpeakerMergedOut(Output):
    """A voice was somebody else's: its lines are all of that voice from now on."""

    kind: Literal["merged"] = "merged"
    speaker_id: int
    into_id: int

    @classmethod
    def of(cls, event: SpeakerMerged) -> Self:
        return cls(speaker_id=event.gone_id, into_id=event.into_id)


class SpeakerForgottenOut(Output):
    """A voice is gone; its lines have no speaker any more."""

    kind: Literal["forgotten"] = "forgotten"
    speaker_id: int

    @classmethod
    def of(cls, event: SpeakerForgotten) -> Self:
        return cls(speaker_id=event.speaker_id)


class SpeakerHeardOut(Output):
    """Who talks on a stream now."""

    kind: Literal["heard"] = "heard"
    stream_id: str
    speaker: SpeakerRefOut
    since: UtcText

    @classmethod
    def of(cls, event: SpeakerHeard) -> Self:
        return cls(
            stream_id=event.stream_id,
            speaker=SpeakerRefOut.of(event.speaker),
            since=event.since.iso(),
        )


class SpeechOut(Output):
    """Somebody began or stopped talking."""

    stream_id: str
    on: bool
    at: UtcText

    @classmethod
    def of(cls, event: SpeechChanged) -> Self:
        return cls(stream_id=event.stream_id, on=event.on, at=event.at.iso())


class KeywordAlertOut(Output):
    """A keyword was said."""

    kind: Literal["keyword"] = "keyword"
    stream_id: str
    keyword: str
    emergency: bool
    text: str = Field(description="What it was said in, as far as that was recognised")
    speaker: SpeakerRefOut | None
    confidence: float
    line_id: int | None = Field(description="Null while the line is not written yet")
    at: UtcText

    @classmethod
    def of(cls, event: KeywordHeard) -> Self:
        return cls(
            stream_id=event.stream_id,
            keyword=event.keyword,
            emergency=event.emergency,
            text=event.text,
            speaker=event.speaker and SpeakerRefOut.of(event.speaker),
            confidence=event.confidence,
            line_id=event.line_id,
            at=event.at.iso(),
        )


class SilenceAlertOut(Output):
    """Nobody has spoken on a stream for long, or somebody speaks again."""

    kind: Literal["silence"] = "silence"
    stream_id: str
    silent: bool
    minutes: float
    at: UtcText

    @classmethod
    def of(cls, event: SilenceChanged) -> Self:
        return cls(
            stream_id=event.stream_id,
            silent=event.silent,
            minutes=event.minutes,
            at=event.at.iso(),
        )


DATA: Final[Mapping[EventName, tuple[type[Output], ...]]] = {
    EventName.HELLO: (HelloOut,),
    EventName.TRANSCRIPT: (TranscriptOut,),
    EventName.PARTIAL: (PartialOut,),
    EventName.SPEAKER: (
        SpeakerRenamedOut,
        SpeakerMergedOut,
        SpeakerForgottenOut,
        SpeakerHeardOut,
    ),
    EventName.SPEECH: (SpeechOut,),
    EventName.ALERT: (KeywordAlertOut, SilenceAlertOut),
    EventName.STATUS: (StreamOut, StreamRemovedOut),
    EventName.LISTENING: (ListeningOut,),
    EventName.HEALTH: (HealthOut,),
}
"""Which shapes the `data:` field of each event may have."""
