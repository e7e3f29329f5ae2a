"""What people decide about voices, and what can be asked about them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from wallflower.api.schema.fields import Input, Name, Output, RowId, UtcText
from wallflower.api.schema.speech import Probability, SpeakerNameOut
from wallflower.domain.people import Correction, Verification
from wallflower.domain.voices import Voice

LineIds = Annotated[list[RowId], Field(max_length=1000)]


class MergeIn(Input):
    """Voices that are one."""

    gone: list[RowId] = Field(
        alias="from", min_length=1, max_length=100, description="They are part of `into` then"
    )
    into: RowId


class SplitIn(Input):
    """What to take out of a voice."""

    lines: LineIds = Field(
        default=[], description="Lines of somebody else; none: what sounds like somebody else"
    )
    name: Name | None = Field(default=None, description="Whose they are")


class EnrolLinesIn(Input):
    """Lines that one person said."""

    name: Name
    lines: Annotated[LineIds, Field(min_length=1)]


class EnrolClipQuery(Input):
    """Who talks in a clip."""

    name: Name


class VerifyQuery(Input):
    """Who is said to talk in a clip."""

    speaker_id: RowId


class VerificationOut(Output):
    """Whether a clip is of a certain person."""

    speaker: SpeakerNameOut
    probability: Probability
    accepted: bool = Field(description="Probable enough to act on")
    speech_s: float = Field(description="Seconds of speech in the clip that this rests on")

    @classmethod
    def of(cls, verification: Verification, voice: Voice) -> Self:
        return cls(
            speaker=SpeakerNameOut(id=voice.id, name=voice.name, known=voice.known),
            probability=verification.probability,
            accepted=verification.accepted,
            speech_s=verification.speech_s,
        )


class ExportQuery(Input):
    """Whose profiles to give."""

    speaker_ids: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,18}(,[0-9]{1,18})*$",
        max_length=2000,
        description="Ids joined by commas; without it everybody who has a name",
    )
    samples: bool = Field(default=False, description="With the short clips that are kept of each")

    def ids(self) -> list[int]:
        """None: everybody who has a name."""
        return [int(number) for number in (self.speaker_ids or "").split(",") if number]


class CorrectionOut(Output):
    """Something a person decided about voices."""

    id: int
    kind: str = Field(examples=["rename", "merge", "split", "reassign", "enrol"])
    text: str = Field(description="What was done, for people")
    at: UtcText
    undone: bool

    @classmethod
    def of(cls, correction: Correction) -> Self:
        return cls(
            id=correction.id,
            kind=correction.kind,
            text=correction.text,
            at=correction.at.iso(),
            undone=correction.undone,
        )


class CorrectionPage(Output):
    """Corrections, the youngest first."""

    items: list[CorrectionOut]
    next: str | None = Field(default=None, description="Always null: ask for more with `limit`")


class CorrectionQuery(Input):
    """How many corrections to give."""

    limit: int = Field(default=50, ge=1, le=500)
