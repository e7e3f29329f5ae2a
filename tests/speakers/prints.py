"""Prints drawn at random, as alike as prints of real speech are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.speakers.scoring import Known, Piece, Vectors, unit

DIMENSION = 256


def voice(seed: int) -> Vectors:
    """The true print of a made-up person; two of them have a cosine of about 0.6."""
    common = np.random.default_rng(0).normal(size=DIMENSION)
    own = np.random.default_rng(seed + 1).normal(size=DIMENSION)
    return unit((np.sqrt(0.6) * common + np.sqrt(0.4) * own).astype(np.float32))


def heard(true: Vectors, windows: int, seed: int = 0) -> Vectors:
    """Prints of single windows of that voice, cosine about 0.86 with the true one."""
    error: npt.NDArray[np.float64] = np.random.default_rng(seed).normal(size=(windows, DIMENSION))
    return unit((true + 0.6 * error / np.sqrt(DIMENSION)).astype(np.float32))


def somewhere_else(prints: Vectors, room: int = 1) -> Vectors:
    """The same prints moved by another room, as noise and echo move them all alike."""
    shift = np.random.default_rng(900 + room).normal(size=DIMENSION) / np.sqrt(DIMENSION)
    return unit((prints + 0.6 * shift).astype(np.float32))


def stretch(windows: Vectors, share_s: float = 0.4) -> Prints:
    """Prints in a row, each for `share_s` seconds of one voice in a living room."""
    nobody_else = np.zeros(len(windows), np.bool_)
    edges_s = np.linspace(0.0, share_s * len(windows), len(windows) + 1)
    return Prints("test", windows, edges_s, nobody_else, 17.0)


def piece(true: Vectors, seconds: float, run_s: float | None = None, seed: int = 0) -> Piece:
    """A stretch of that voice; `run_s` without interruption (None: all of it)."""
    windows = max(1, round(seconds))
    mean = unit(heard(true, windows, seed).mean(axis=0))
    return Piece(np.arange(windows), mean, seconds, seconds if run_s is None else run_s)


def known(*true: Vectors, here: bool = True, speech_s: float = 20.0) -> Known:
    """Voices heard for so long, on this stream or only elsewhere."""
    prints = [unit(heard(each, 20, 50 + at).mean(axis=0)) for at, each in enumerate(true)]
    return Known(
        np.array(prints, np.float32).reshape(-1, DIMENSION),
        np.full(len(true), speech_s),
        np.full(len(true), here),
    )


def both(one: Known, other: Known) -> Known:
    return Known(
        np.vstack([one.prints, other.prints]),
        np.append(one.speech_s, other.speech_s),
        np.append(one.here, other.here),
    )
