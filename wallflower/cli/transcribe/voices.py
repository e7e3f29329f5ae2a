"""Voices for one file: those of a house if asked, and new ones that are not kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from wallflower.domain.times import WallTime
from wallflower.domain.voices import Embedding, Voice


class PassingVoices:
    """A `VoiceKeeper` in memory. What a file teaches it is forgotten with it."""

    def __init__(self, known: Sequence[Voice] = ()) -> None:
        self._voices = {voice.id: voice for voice in known}

    async def all(self, encoder: str) -> Sequence[Voice]:
        return [voice for voice in self._voices.values() if voice.encoder == encoder]

    async def add(self, encoder: str, centroid: Embedding, speech_s: float, at: WallTime) -> Voice:
        number = max(self._voices, default=0) + 1
        voice = Voice(number, f"Voice {number}", False, encoder, centroid, speech_s, at, at)
        self._voices[number] = voice
        return voice

    async def update(
        self, voice_id: int, centroid: Embedding, speech_s: float, at: WallTime
    ) -> None:
        voice = self._voices[voice_id]
        self._voices[voice_id] = dataclasses.replace(
            voice, centroid=centroid, speech_s=speech_s, last_heard=at
        )
