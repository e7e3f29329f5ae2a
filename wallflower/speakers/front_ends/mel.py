"""Mel filters as HTK and Kaldi draw them: triangles whose sides are straight in mel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def mel(hz: Array | float) -> Array:
    """O'Shaughnessy's mel scale: 1000 mel at 1 kHz."""
    return np.asarray(1127.0 * np.log1p(np.asarray(hz) / 700.0))


def triangles(bins_hz: Array, bands: int, low_hz: float, high_hz: float) -> Array:
    """Filters of height 1, evenly spaced in mel; shape (bins, bands)."""
    edges = np.linspace(mel(low_hz), mel(high_hz), bands + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    at = mel(bins_hz)[:, None]
    return np.clip(
        np.minimum((at - lower) / (centre - lower), (upper - at) / (upper - centre)), 0.0, None
    )
