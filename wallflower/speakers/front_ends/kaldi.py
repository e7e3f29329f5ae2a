"""Log mel filter banks as Kaldi computes them: what most published encoders are trained on.

WeSpeaker, 3D-Speaker (CAM++, ERes2Net) and SpeechBrain-like exports differ only in the parameters.
Follows `compute-fbank-feats` without dither, with `snip-edges`, power spectrum and log.
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

FRAME: Final = 400
"""25 ms."""
HOP: Final = 160
"""10 ms."""
FFT: Final = 512
EMPHASIS: Final = 0.97
FLOOR: Final = float(np.finfo(np.float32).eps)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KaldiFbank:
    """Shape (windows, frames, bands), or (windows, bands, frames) with `bands_first`."""

    kind: str = "kaldi-fbank"
    bands: int = 80
    low_hz: float = 20.0
    high_hz: float = 8000.0
    window: str = "povey"
    """`povey`, `hamming` or `hann`."""
    full_scale: float = 32768.0
    """What full scale counts as: 32768 as in Kaldi, or 1."""
    mean_normalised: bool = True
    """Whether each band's mean over the window is taken off."""
    bands_first: bool = False

    def __post_init__(self) -> None:
        if self.window not in _WINDOWS:
            raise ValueError(f"a window {self.window!r}; there are {', '.join(_WINDOWS)}")
        if not 0.0 <= self.low_hz < self.high_hz <= SAMPLE_RATE / 2:
            raise ValueError("a filter bank that is not within 0 to 8000 Hz")
        if self.bands < 1 or self.full_scale <= 0:
            raise ValueError("a filter bank without bands or scale")

    @property
    def axes(self) -> tuple[int | None, ...]:
        return (None, self.bands, None) if self.bands_first else (None, None, self.bands)

    @property
    def least_samples(self) -> int:
        return FRAME

    def features(self, windows: Sequence[Pcm]) -> Features:
        found = np.stack([self._fbank(window) for window in windows])
        if self.mean_normalised:
            found -= found.mean(axis=1, keepdims=True)
        if self.bands_first:
            found = np.ascontiguousarray(found.transpose(0, 2, 1))
        return found.astype(np.float32)

    def _fbank(self, pcm: Pcm) -> Array:
        sound = pcm.astype(np.float64) * (self.full_scale / 32768.0)
        frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP]
        frames = frames - frames.mean(axis=1, keepdims=True)
        before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
        spectrum = np.fft.rfft((frames - EMPHASIS * before) * _WINDOWS[self.window], FFT, axis=1)
        # The bin at half the sampling rate is left out, as in Kaldi.
        power = np.square(np.abs(spectrum[:, : FFT // 2]))
        return np.log(np.maximum(power @ _filters(self.bands, self.low_hz, self.high_hz), FLOOR))


@cache
def _filters(bands: int, low_hz: float, high_hz: float) -> Array:
    bins_hz = np.arange(FFT // 2, dtype=np.float64) * (SAMPLE_RATE / FFT)
    return triangles(bins_hz, bands, low_hz, high_hz)


_WINDOWS: Final[dict[str, Array]] = {
    "povey": np.hanning(FRAME) ** 0.85,
    "hamming": np.hamming(FRAME),
    "hann": np.hanning(FRAME),
}
