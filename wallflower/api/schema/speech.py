"""Lines and the people who said them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field

from wallflower.api.schema.fields import Input, Moment, Name, Output, RowId, UtcText
from wallflower.domain.control import HouseControl
from wallflower.domain.errors import NotFound
from wallflower.domain.speech import Line, SpeakerRef, Word
from wallflower.domain.voices import Voice
from wallflower.store import LineQuery

Probability = Annotated[float, Field(ge=0, le=1)]


class SpeakerNameOut(Output):
    """A speaker's name."""

    id: int
    name: str
    known: bool = Field(description="False while nobody has named this voice")


class SpeakerRefOut(SpeakerNameOut):
    """Who a line belongs to."""

    confidence: Probability = Field(description="How probable it is that it is this voice")
    sure: bool = Field(description="False: the likeliest voice, but not likely enough to act on")

    @classmethod
    def of(cls, ref: SpeakerRef) -> Self:
        return cls(
            id=ref.id, name=ref.name, known=ref.known, confidence=ref.confidence, sure=ref.sure
        )


class WordOut(Output):
    text: str
    start: float = Field(description="Seconds from the line's start")
    end: float = Field(description="Seconds from the line's start")
    probability: Probability

    @classmethod
    def of(cls, word: Word) -> Self:
        return cls(text=word.text, start=word.start_s, end=word.end_s, probability=word.probability)


class LineOut(Output):
    """What one person said in one go."""

    id: int
    stream_id: str
    stream_name: str = Field(description="The id again when the stream was removed")
    start: UtcText
    end: UtcText
    text: str
    language: str = Field(description="ISO 639-1")
    confidence: Probability
    engine: str
    speaker: SpeakerRefOut | None = Field(description="Null when nobody can tell")
    confirmed: bool = Field(description="A person said, or confirmed, whose line it is")
    words: list[WordOut]

    @classmethod
    def of(cls, line: Line, house: HouseControl) -> Self:
        """Raises `ValueError` for a line that was never stored."""
        if line.id is None:
            raise ValueError("a line has no id before it is stored")
        try:
            stream_name = house.stream(line.stream_id).name
        except NotFound:
            stream_name = line.stream_id
        return cls(
            id=line.id,
            stream_id=line.stream_id,
            stream_name=stream_name,
            start=line.start.iso(),
            end=line.end.iso(),
            text=line.text,
            language=line.language,
            confidence=line.confidence,
            engine=line.engine,
            speaker=None if line.speaker is None else SpeakerRefOut.of(line.speaker),
            confirmed=line.confirmed,
            words=[WordOut.of(word) for word in line.words],
        )


class LinePage(Output):
    """Lines, newest first."""

    items: list[LineOut]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class LineFilter(Input):
    """Which lines to give."""

    q: str | None = Field(
        default=None,
        max_length=500,
        description='Words that must occur; "a phrase" in quotes, begin* for beginnings',
    )
    stream_id: str | None = Field(default=None, max_length=100)
    speaker_id: RowId | None = None
    since: Moment | None = Field(default=None, alias="from", description="Not before")
    until: Moment | None = Field(default=None, alias="to", description="Before")
    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = Field(
        default=None, max_length=200, description="`next` of the page before"
    )

    def query(self) -> LineQuery:
        return LineQuery(
            text=self.q,
            stream_id=self.stream_id,
            speaker_id=self.speaker_id,
            since=self.since,
            until=self.until,
            limit=self.limit,
            cursor=self.cursor,
        )


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty; delete the line instead")
    return text


class LinePatch(Input):
    """What to correct about a line; at least one field."""

    text: Annotated[str, Field(max_length=10_000), AfterValidator(_said)] | None = None
    speaker_id: RowId | None = Field(default=None, description="Whose line it is")
    new_speaker: bool = Field(
        default=False, description="It is somebody's who was never heard before"
    )


class SpeakerOut(Output):
    """A voice, or a person once somebody named it."""

    id: int
    name: str
    known: bool = Field(description="False while nobody has named this voice")
    speech_s: float = Field(description="Seconds of speech heard so far")
    first_heard: UtcText
    last_heard: UtcText

    @classmethod
    def of(cls, voice: Voice) -> Self:
        return cls(
            id=voice.id,
            name=voice.name,
            known=voice.known,
            speech_s=round(voice.speech_s, 1),
            first_heard=voice.first_heard.iso(),
            last_heard=voice.last_heard.iso(),
        )


class SpeakerPage(Output):
    """Speakers, most recently heard first."""

    items: list[SpeakerOut]
    next: str | None = Field(default=None, description="Always null: all speakers fit one page")


class SpeakerPatch(Input):
    """A name for a voice; past lines carry it too."""

    name: Name
