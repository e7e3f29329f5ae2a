"""The mel front end of Resemblyzer's GE2E encoder, in numpy alone.

Resemblyzer takes `librosa.feature.melspectrogram` as it is: power spectrum, Slaney's mel scale
and area normalisation, no logarithm. The result here is the same to about 1e-6 of its largest
value; tests hold it to that.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.speech import Pcm
from wallflower.domain.times import SAMPLE_RATE

Mel = npt.NDArray[np.float32]
"""Power per mel band, shape (frames, `BANDS`), one frame every 10 ms."""

BANDS: Final = 40
FFT_SAMPLES: Final = 400
"""25 ms, also the length of the analysis window."""
HOP_SAMPLES: Final = 160
"""10 ms from frame to frame."""
LEVEL_DBFS: Final = -30.0
"""Quieter sound is raised to this level (RMS); louder is left alone. Without it the embeddings
of the same voice from near and from far drift apart."""

# Slaney's scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
_HZ_PER_MEL: Final = 200.0 / 3
_CORNER_HZ: Final = 1000.0
_CORNER_MEL: Final = _CORNER_HZ / _HZ_PER_MEL
_LOG_STEP: Final = float(np.log(6.4)) / 27.0


def mel_spectrogram(pcm: Pcm, gain: float = 1.0) -> Mel:
    """The mel power of `pcm` times `gain`; frame `i` is centred on sample `160 * i`.

    The edges are padded with silence; the shape is (1 + samples // 160, 40).
    """
    samples = np.zeros(len(pcm) + FFT_SAMPLES, dtype=np.float32)
    middle = samples[FFT_SAMPLES // 2 :][: len(pcm)]
    np.multiply(pcm, np.float32(gain / 32768.0), out=middle)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FFT_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    mel: Mel = (power @ _filters()).astype(np.float32, copy=False)
    return mel


def raising_gain(pcm: Pcm) -> float:
    """The factor that brings `pcm` up to `LEVEL_DBFS`; 1.0 where it is louder, or all zero."""
    power = float(np.mean(np.square(pcm, dtype=np.float64))) if len(pcm) else 0.0
    if power <= 0.0:
        return 1.0
    rms = float(np.sqrt(power)) / 32768.0
    return max(1.0, float(10.0 ** (LEVEL_DBFS / 20.0)) / rms)


@cache
def _hann() -> npt.NDArray[np.float32]:
    # Periodic, as a spectrum wants it: one point more than needed, the last left out.
    return np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _filters() -> npt.NDArray[np.float32]:
    """Triangles of equal area, shape (201, 40): bin powers times this give band powers."""
    bins_hz = np.linspace(0.0, SAMPLE_RATE / 2, FFT_SAMPLES // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), BANDS + 2))
    lower, centre, upper = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising = (bins_hz[:, None] - lower) / (centre - lower)
    falling = (upper - bins_hz[:, None]) / (upper - centre)
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    filters: npt.NDArray[np.float32] = (triangles * (2.0 / (upper - lower))).astype(np.float32)
    return filters


def _hz_to_mel(hz: float) -> float:
    if hz < _CORNER_HZ:
        return hz / _HZ_PER_MEL
    return _CORNER_MEL + float(np.log(hz / _CORNER_HZ)) / _LOG_STEP


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    linear = mel * _HZ_PER_MEL
    logarithmic = _CORNER_HZ * np.exp(_LOG_STEP * (mel - _CORNER_MEL))
    return np.where(mel < _CORNER_MEL, linear, logarithmic)
