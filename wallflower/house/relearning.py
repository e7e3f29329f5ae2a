"""After the encoder was changed: everybody is learnt again from the samples kept of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, Protocol

from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.runtime.health import Health, HealthState
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder
from wallflower.speakers.re_embedding import re_embed

PART: Final = "voices"
NAMES_TOLD: Final = 3

_log = logging.getLogger(__name__)


class VoiceShelf(Protocol):
    """Where voices live, whatever encoder knew them."""

    async def all(self, encoder: str) -> Sequence[Voice]: ...

    async def everyone(self) -> Sequence[Voice]: ...

    async def samples(self, voice_id: int) -> Sequence[Sample]: ...

    async def update(self, encoder: str, voice_id: int, learnt: RoomPrint) -> None: ...


class Relearning:
    """Runs once after the start. The prints of the old encoder stay: it may come back."""

    def __init__(
        self, voices: VoiceShelf, encoder: Encoder, workers: Workers, health: Health
    ) -> None:
        self._voices = voices
        self._encoder = encoder
        self._workers = workers
        self._health = health

    async def run_once(self, leaving: asyncio.Event) -> None:
        """Learn whom the encoder does not know yet, say who has to wait, and rest."""
        known = {voice.id for voice in await self._voices.all(self._encoder.name)}
        strange = [
            voice
            for voice in await self._voices.everyone()
            if voice.prints and voice.id not in known
        ]
        waiting = []
        for done, voice in enumerate(strange):
            self._report(f"{len(strange) - done} voices are being learnt")
            if not await self._learn(voice):
                waiting.append(voice)
        self._rest([voice.name for voice in waiting if voice.known])
        await leaving.wait()

    async def _learn(self, voice: Voice) -> bool:
        """False when there is nothing to learn this voice from."""
        samples = await self._voices.samples(voice.id)
        prints = await self._workers.run(re_embed, samples, self._encoder)
        for print_ in prints:
            await self._voices.update(self._encoder.name, voice.id, print_)
        _log.info("%s: %d prints for %s.", voice.name, len(prints), self._encoder.name)
        return bool(prints)

    def _rest(self, waiting: Sequence[str]) -> None:
        if not waiting:
            self._health.report(PART, HealthState.OK)
            return
        names = ", ".join(waiting[:NAMES_TOLD])
        if len(waiting) > NAMES_TOLD:
            names += f" and {len(waiting) - NAMES_TOLD} more"
        self._health.report(
            PART,
            HealthState.DEGRADED,
            f"The encoder {self._encoder.name} cannot know {names} again, no sample of them was "
            "kept: name them once more when they are heard, or return to the encoder before.",
            "voices_wait",
        )

    def _report(self, doing: str) -> None:
        self._health.report(
            PART,
            HealthState.DEGRADED,
            f"{doing} again for the encoder {self._encoder.name}; until then they may not be "
            "recognised.",
            "voices_relearning",
        )
