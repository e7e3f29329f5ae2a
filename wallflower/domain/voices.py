"""Voices and people, and what the speaker stage needs of whoever keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import SpeakerRef
from wallflower.domain.times import WallTime

Embedding = npt.NDArray[np.float32]
"""A voice print: shape (dimension,), L2 norm 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A cluster of voice prints; a person once somebody named it."""

    id: int
    name: str
    known: bool
    encoder: str
    """Name and version of the encoder; prints of different encoders never mix."""
    centroid: Embedding
    speech_s: float
    """Seconds of speech behind `centroid`."""
    first_heard: WallTime
    last_heard: WallTime

    def ref(self, confidence: float) -> SpeakerRef:
        return SpeakerRef(self.id, self.name, self.known, confidence)


class VoiceKeeper(Protocol):
    """Where voices live between restarts."""

    async def all(self, encoder: str) -> Sequence[Voice]: ...

    async def add(self, encoder: str, centroid: Embedding, speech_s: float, at: WallTime) -> Voice:
        """A new voice, named `Voice N` with the lowest N never used."""
        ...

    async def update(
        self, voice_id: int, centroid: Embedding, speech_s: float, at: WallTime
    ) -> None:
        """Keep a voice's grown print. A voice that is gone meanwhile is ignored."""
        ...
