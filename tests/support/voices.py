"""Voices kept in memory."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence

from wallflower.domain.voices import RoomPrint, Sample, Voice


class MemoryVoices:
    """`VoiceKeeper` in a dict. Like a real one it lets others run before it answers."""

    def __init__(self) -> None:
        self.kept: dict[int, Voice] = {}
        self.samples: dict[int, list[Sample]] = {}
        self._last = 0

    async def all(self, encoder: str) -> Sequence[Voice]:
        await asyncio.sleep(0)
        return [voice for voice in self.kept.values() if voice.encoder == encoder]

    async def add(self, encoder: str, first: RoomPrint) -> Voice:
        await asyncio.sleep(0)
        self._last += 1
        number, at = self._last, first.last_heard
        voice = Voice(number, f"Voice {number}", False, encoder, (first,), at, at)
        self.kept[number] = voice
        return voice

    async def update(
        self,
        encoder: str,
        voice_id: int,
        learnt: RoomPrint,
        *,
        grown_from: RoomPrint | None = None,
    ) -> None:
        await asyncio.sleep(0)
        if voice := self.kept.get(voice_id):
            self.kept[voice_id] = voice.sounding(learnt)

    async def keep_sample(self, voice_id: int, sample: Sample) -> None:
        await asyncio.sleep(0)
        if voice_id in self.kept:
            self.samples.setdefault(voice_id, []).append(sample)

    def rename(self, voice_id: int, name: str) -> None:
        self.kept[voice_id] = dataclasses.replace(self.kept[voice_id], name=name, known=True)
