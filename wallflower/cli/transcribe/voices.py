"""Voices for one file: those of a house if asked, and new ones that are not kept."""

from __future__ import annotations

from collections.abc import Sequence

from wallflower.domain.voices import RoomPrint, Sample, Voice


class PassingVoices:
    """A `VoiceKeeper` in memory. What a file teaches it is forgotten with it."""

    def __init__(self, known: Sequence[Voice] = ()) -> None:
        self._voices = {voice.id: voice for voice in known}

    async def all(self, encoder: str) -> Sequence[Voice]:
        return [voice for voice in self._voices.values() if voice.encoder == encoder]

    async def add(self, encoder: str, first: RoomPrint) -> Voice:
        number = max(self._voices, default=0) + 1
        at = first.last_heard
        voice = Voice(number, f"Voice {number}", False, encoder, (first,), at, at)
        self._voices[number] = voice
        return voice

    async def update(
        self,
        encoder: str,  # noqa: ARG002 -- one file, one encoder
        voice_id: int,
        learnt: RoomPrint,
        *,
        grown_from: RoomPrint | None = None,  # noqa: ARG002 -- nobody else changes voices here
    ) -> None:
        self._voices[voice_id] = self._voices[voice_id].sounding(learnt)

    async def keep_sample(self, voice_id: int, sample: Sample) -> None:
        """A file's voices end with it: there is nothing to learn them from again."""
