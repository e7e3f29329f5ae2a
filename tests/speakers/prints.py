"""Prints drawn at random, as alike as prints of real speech are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wallflower.speakers.scoring import Prints, unit

DIMENSION = 256


def voice(seed: int) -> Prints:
    """The true print of a made-up person; two of them have a cosine of about 0.6."""
    common = np.random.default_rng(0).normal(size=DIMENSION)
    own = np.random.default_rng(seed + 1).normal(size=DIMENSION)
    return unit((np.sqrt(0.6) * common + np.sqrt(0.4) * own).astype(np.float32))


def heard(true: Prints, windows: int, seed: int = 0) -> Prints:
    """Prints of single windows of that voice, cosine about 0.86 with the true one."""
    error: npt.NDArray[np.float64] = np.random.default_rng(seed).normal(size=(windows, DIMENSION))
    return unit((true + 0.6 * error / np.sqrt(DIMENSION)).astype(np.float32))
