"""The front end of ReDimNet2, as the models of the package `redimnet2-onnx` want it.

Their graphs begin after the features, and the package makes those with PyTorch; this is the same in
numpy, held to the package's own output by a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.front_ends.front_end import Features
from wallflower.speakers.front_ends.mel import triangles

BANDS: Final = 72
FRAME: Final = 400
HOP: Final = 160
FFT: Final = 512
EMPHASIS: Final = 0.97
LOW_HZ: Final = 20.0
HIGH_HZ: Final = 7600.0
STEP: Final = 4
"""The graphs take frames in fours."""
FLOOR: Final = 1e-8

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReDimNet2:
    """Shape (windows, 1, 72, frames), a multiple of four frames."""

    kind: str = "redimnet2"

    @property
    def axes(self) -> tuple[int | None, ...]:
        return (None, 1, BANDS, None)

    @property
    def least_samples(self) -> int:
        return SAMPLE_RATE

    def features(self, windows: Sequence[Pcm]) -> Features:
        return np.stack([_log_mel(window) for window in windows])[:, None].astype(np.float32)


def _log_mel(pcm: Pcm) -> Array:
    sound = pcm.astype(np.float64) / 32768.0
    sound = (sound - sound.mean()) / (sound.std() + FLOOR)
    before = np.concatenate([sound[1:2], sound[:-1]])
    padded = np.pad(sound - EMPHASIS * before, HOP // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    spectrum = np.fft.rfft(frames * np.hamming(FRAME), FFT, axis=1)[:, : FFT // 2]
    power = np.maximum(np.square(np.abs(spectrum)), FLOOR)
    log_mel = np.log(np.maximum(power @ _filters(), FLOOR) + FLOOR)
    normalised = log_mel - log_mel.mean(axis=0)
    return np.asarray(normalised[: len(frames) // STEP * STEP].T)


@cache
def _filters() -> Array:
    # 256 bins spread over all of 0 to 8 kHz: slightly off, and what the models were trained with.
    filters = triangles(np.linspace(0.0, SAMPLE_RATE / 2, FFT // 2), BANDS, LOW_HZ, HIGH_HZ)
    filters[0] = 0.0
    return filters
