"""Voices kept in memory."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence

from wallflower.domain.times import WallTime
from wallflower.domain.voices import Embedding, Voice


class MemoryVoices:
    """`VoiceKeeper` in a dict. Like a real one it lets others run before it answers."""

    def __init__(self) -> None:
        self.kept: dict[int, Voice] = {}
        self._last = 0

    async def all(self, encoder: str) -> Sequence[Voice]:
        await asyncio.sleep(0)
        return [voice for voice in self.kept.values() if voice.encoder == encoder]

    async def add(self, encoder: str, centroid: Embedding, speech_s: float, at: WallTime) -> Voice:
        await asyncio.sleep(0)
        self._last += 1
        number = self._last
        voice = Voice(number, f"Voice {number}", False, encoder, centroid, speech_s, at, at)
        self.kept[number] = voice
        return voice

    async def update(
        self, voice_id: int, centroid: Embedding, speech_s: float, at: WallTime
    ) -> None:
        await asyncio.sleep(0)
        if voice := self.kept.get(voice_id):
            self.kept[voice_id] = dataclasses.replace(
                voice, centroid=centroid, speech_s=speech_s, last_heard=at
            )

    def rename(self, voice_id: int, name: str) -> None:
        self.kept[voice_id] = dataclasses.replace(self.kept[voice_id], name=name, known=True)
