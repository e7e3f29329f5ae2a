"""What was said before: asked of the store, where events alone do not tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wallflower.domain.speech import Line
from wallflower.domain.voices import Voice
from wallflower.publish.whereabouts import Person, person_of
from wallflower.store import LineQuery
from wallflower.store.lines import LineTable
from wallflower.store.voices import VoiceTable

LINES: Final = 50
"""How far back to look for a line that tells."""


class Past:
    """Every method raises `StoreError` when the store cannot be read."""

    def __init__(self, lines: LineTable, voices: VoiceTable) -> None:
        self._lines = lines
        self._voices = voices

    async def on_stream(self, stream_id: str) -> Sequence[Line]:
        """The newest lines of a stream, newest first."""
        return (await self._lines.page(LineQuery(stream_id=stream_id, limit=LINES))).items

    async def voice(self, voice_id: int) -> Voice:
        """Raises `NotFound`."""
        return await self._voices.get(voice_id)

    async def people(self) -> list[Person]:
        """Everybody who has a name, and where they were heard last."""
        return [await self._person(voice) for voice in await self._voices.everyone() if voice.known]

    async def _person(self, voice: Voice) -> Person:
        newest = await self._lines.page(LineQuery(speaker_id=voice.id, limit=LINES))
        return person_of(voice.id, voice.name, reversed(newest.items))
