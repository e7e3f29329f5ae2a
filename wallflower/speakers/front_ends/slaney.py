"""Mel power as Resemblyzer's GE2E encoder wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wallflower.domain.speech import Pcm
from wallflower.speakers.features import (
    BANDS,
    FFT_SAMPLES,
    HOP_SAMPLES,
    LEVEL_DBFS,
    mel_spectrogram,
    raising_gain,
)
from wallflower.speakers.front_ends.front_end import Features


@dataclass(frozen=True, slots=True)
class SlaneyPower:
    """Shape (windows, frames, 40), a frame every 10 ms. It has no parameters, it states them."""

    kind: str = "mel-power-slaney"
    bands: int = BANDS
    fft_samples: int = FFT_SAMPLES
    hop_samples: int = HOP_SAMPLES
    level_dbfs: float = LEVEL_DBFS
    """Quieter windows are raised to this RMS level."""

    def __post_init__(self) -> None:
        said = (self.bands, self.fft_samples, self.hop_samples, self.level_dbfs)
        if said != (BANDS, FFT_SAMPLES, HOP_SAMPLES, LEVEL_DBFS):
            raise ValueError("mel-power-slaney features with other parameters than Resemblyzer's")

    @property
    def axes(self) -> tuple[int | None, ...]:
        return (None, None, BANDS)

    @property
    def least_samples(self) -> int:
        return HOP_SAMPLES

    def features(self, windows: Sequence[Pcm]) -> Features:
        # The frame centred behind the last sample is left out, as Resemblyzer does.
        frames = len(windows[0]) // HOP_SAMPLES
        return np.stack([mel_spectrogram(each, raising_gain(each))[:frames] for each in windows])
