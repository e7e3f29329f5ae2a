"""What clips of people teach and tell, on the speaker stage's own thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from wallflower.domain.errors import BadInput
from wallflower.domain.people import Verification
from wallflower.domain.prints import Prints
from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE, WallTime
from wallflower.domain.voices import RoomPrint, Sample, Voice
from wallflower.runtime.workers import Workers
from wallflower.speakers import Encoder
from wallflower.speakers.clips import clip_prints, without_pauses
from wallflower.speakers.odds.verification import verify

ENROL_S: Final = 0.5
"""Seconds of speech, pauses left out, that a clip must hold to found or teach a person."""
SAMPLE_S: Final = 8.0
"""So much of a clip is kept for other encoders to learn the voice from."""
QUALITY: Final = 0.9
"""A clip that somebody recorded on purpose goes before what a camera overheard."""
ACCEPT: Final = 0.98
"""A clip is taken for the person's from this probability on."""


class ClipEar:
    """`wallflower.house.people.Ear` for real."""

    def __init__(self, encoder: Encoder, workers: Workers, accept: float = ACCEPT) -> None:
        self._encoder = encoder
        self._workers = workers
        self._accept = accept

    @property
    def encoder(self) -> str:
        return self._encoder.name

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    async def learn(self, pcm: Pcm, at: WallTime) -> tuple[RoomPrint, Sample]:
        """Raises `BadInput` with less than `ENROL_S` of speech."""
        prints = await self._prints(pcm)
        if prints is None or prints.speech_s < ENROL_S:
            found = 0.0 if prints is None else prints.speech_s
            raise BadInput(
                f"The clip holds {found:.1f} s of speech; record a few seconds of one "
                "person talking."
            )
        speech = await self._workers.run(without_pauses, pcm)
        sample = Sample("", speech[: round(SAMPLE_S * SAMPLE_RATE)].copy(), QUALITY, at)
        return _print(prints, at), sample

    async def print_of(self, samples: Sequence[Sample]) -> RoomPrint | None:
        heard = [
            _print(prints, sample.at)
            for sample in samples
            if (prints := await self._prints(sample.pcm)) is not None
        ]
        if not heard:
            return None
        seconds = [each.speech_s for each in heard]
        mean = np.average([each.embedding for each in heard], axis=0, weights=seconds)
        unit = (mean / np.linalg.norm(mean)).astype(np.float32)
        return RoomPrint("", unit, sum(seconds), max(each.last_heard for each in heard))

    async def verify(self, pcm: Pcm, voice: Voice, house: Sequence[Voice]) -> Verification:
        """Raises `BadInput` when the clip is too short to tell anybody."""
        prints = await self._prints(pcm)
        if prints is None:
            raise BadInput("The clip holds too little speech; record a second or more.")
        calibration = self._encoder.calibration
        probability = await self._workers.run(verify, calibration, prints, voice, house)
        accepted = probability >= self._accept
        return Verification(voice.id, probability, accepted, prints.speech_s)

    async def _prints(self, pcm: Pcm) -> Prints | None:
        return await self._workers.run(clip_prints, self._encoder, pcm)


def _print(prints: Prints, at: WallTime) -> RoomPrint:
    mean, speech_s = prints.mean()
    return RoomPrint("", mean, speech_s, at)
