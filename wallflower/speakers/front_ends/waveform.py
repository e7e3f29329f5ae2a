"""The sound itself, for encoders with the front end in their graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wallflower.domain.speech import Pcm
from wallflower.speakers.front_ends.front_end import Features


@dataclass(frozen=True, slots=True)
class Waveform:
    """Shape (windows, samples), full scale -1 to 1."""

    kind: str = "waveform"
    least_samples: int = 400
    """Shorter windows are repeated until they fill this."""

    @property
    def axes(self) -> tuple[int | None, ...]:
        return (None, None)

    def features(self, windows: Sequence[Pcm]) -> Features:
        return np.stack(windows).astype(np.float32) / np.float32(32768.0)
