"""Prints drawn at random, as alike as prints of real speech are, and a calibration for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.speakers.made import START
from wallflower.domain.prints import Prints
from wallflower.domain.voices import RoomPrint, Voice
from wallflower.speakers.odds.calibration import Calibration, Vectors, unit
from wallflower.speakers.online.scoring import Piece, Place

DIMENSION = 256
_COMMON = np.random.default_rng(0).normal(size=DIMENSION)

CALIBRATION: Final = replace(
    Calibration.plain(DIMENSION, 0.5),
    centre=(np.sqrt(0.6) * unit(_COMMON)).astype(np.float32),
    scale=(0.4,),
)
HALL: Final = Place("hall", CALIBRATION, 20.0, START.plus(600.0))


def voice(seed: int) -> Vectors:
    """The true print of a made-up person; two of them have a cosine of about 0.6."""
    own = np.random.default_rng(seed + 1).normal(size=DIMENSION)
    return unit((np.sqrt(0.6) * _COMMON + np.sqrt(0.4) * own).astype(np.float32))


def heard(true: Vectors, windows: int, seed: int = 0) -> Vectors:
    """Prints of single windows of that voice, cosine about 0.86 with the true one."""
    error: npt.NDArray[np.float64] = np.random.default_rng((7, seed)).normal(
        size=(windows, DIMENSION)
    )
    return unit((true + 0.6 * error / np.sqrt(DIMENSION)).astype(np.float32))


def somewhere_else(prints: Vectors, room: int = 1) -> Vectors:
    """The same prints moved by another room, as noise and echo move them all alike."""
    shift = np.random.default_rng(900 + room).normal(size=DIMENSION) / np.sqrt(DIMENSION)
    return unit((prints + 0.6 * shift).astype(np.float32))


def stretch(windows: Vectors, share_s: float = 0.8) -> Prints:
    """Prints in a row, each for `share_s` seconds of one voice in a living room."""
    nobody_else = np.zeros(len(windows), np.bool_)
    edges_s = np.linspace(0.0, share_s * len(windows), len(windows) + 1)
    return Prints("test", windows, edges_s, nobody_else, 17.0)


def piece(true: Vectors, seconds: float, run_s: float | None = None, seed: int = 0) -> Piece:
    """A stretch of that voice; `run_s` without interruption (None: all of it)."""
    windows = max(1, round(seconds))
    mean = unit(heard(true, windows, seed).mean(axis=0))
    return Piece(np.arange(windows), mean, seconds, seconds if run_s is None else run_s)


def known(
    *true: Vectors, stream: str = "hall", speech_s: float = 20.0, ago_s: float = 300.0
) -> list[Voice]:
    """Voices heard on that stream for so long, and last so long before `HALL.at`."""
    at = HALL.at.plus(-ago_s)
    return [
        Voice(
            number,
            f"Voice {number}",
            False,
            "test",
            (RoomPrint(stream, unit(heard(each, 20, 50 + number).mean(axis=0)), speech_s, at),),
            START,
            at,
        )
        for number, each in enumerate(true, start=1)
    ]
