"""What the API and MQTT may ask about the people of the house, whoever carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wallflower.domain.speech import Line, Pcm
from wallflower.domain.times import WallTime
from wallflower.domain.voices import Voice


@dataclass(frozen=True, slots=True)
class Correction:
    """Something a person decided about voices; each can be undone, the youngest first."""

    id: int
    kind: str
    """`rename`, `merge`, `split`, `reassign` or `enrol`."""
    text: str
    """What was done, for people: "Voice 3 was merged into Anna"."""
    at: WallTime
    undone: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a clip is of one certain person."""

    voice_id: int
    probability: float
    """Calibrated, 0 to 1."""
    accepted: bool
    """At the setting's threshold."""
    speech_s: float
    """How much speech of the clip that rests on."""


class PeopleControl(Protocol):
    """Voices named, joined, taken apart, taught, recognised, forgotten.

    Every method returns once the change is stored; it publishes its own events. Every change
    repairs the prints of the voices it touched, is a `Correction` that can be undone, and is
    never changed by the machine. Methods raise `NotFound` for unknown ids, `BadInput` for what
    makes no sense, `Conflict` for a name in use.
    """

    async def rename(self, voice_id: int, name: str) -> Voice: ...

    async def merge(self, gone: Sequence[int], into: int) -> Voice:
        """All lines and prints of `gone` become `into`'s."""
        ...

    async def split(self, voice_id: int, lines: Sequence[int], name: str | None = None) -> Voice:
        """These lines of a voice become a voice of their own; without `lines` the machine
        proposes the parting that its prints suggest. The new voice."""
        ...

    async def reassign(
        self, line_id: int, voice_id: int | None, *, text: str | None = None
    ) -> Line:
        """Give one line to another voice, or (None) to a new one.

        `text` puts right what was said as well, as one change; an undo leaves the text.
        """
        ...

    async def enrol_lines(self, name: str, lines: Sequence[int]) -> Voice:
        """ "These are Anna": the lines' prints found, or add to, the person called `name`."""
        ...

    async def enrol_clip(self, name: str, pcm: Pcm) -> Voice:
        """A clip of one person talking, 16 kHz mono; at least a few seconds of speech."""
        ...

    async def verify(self, voice_id: int, pcm: Pcm) -> Verification:
        """Is this the person?"""
        ...

    async def forget(self, voice_id: int) -> None:
        """Prints, samples and the name on lines; the lines' texts stay. Cannot be undone.

        Traces in the gaps of the database's file are wiped soon after.
        """
        ...

    async def undo(self, correction_id: int) -> Correction:
        """Take back a correction. Raises `Conflict` while a younger one rests on it."""
        ...

    async def correction(self, correction_id: int) -> Correction: ...

    async def corrections(self, limit: int = 50) -> Sequence[Correction]:
        """The youngest first."""
        ...

    async def export(self, voice_ids: Sequence[int], *, samples: bool) -> dict[str, Any]:
        """Profiles as the documented, versioned JSON; audio only when `samples`.

        Without `voice_ids` everybody who has a name; voices without one cannot be exported.
        """
        ...

    async def import_(self, profiles: dict[str, Any]) -> Sequence[Voice]:
        """People out of an exported file; one of the same name gets the prints added."""
        ...
