"""Which windows are worth encoding: every second one, and more where the voice may change.

Most speech goes on in one voice, so a window between two that sound alike tells nothing new. That
saves a third of the encoder's work and costs no accuracy that could be measured.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.speakers.scoring import Vectors, unit

ALIKE: Final = 0.70
"""Two windows with this cosine or more are one voice, and so is what lies between them."""

Numbers = npt.NDArray[np.int64]


def first_look(windows: int) -> Numbers:
    """The numbers of the windows to encode first: every second one and the last, rising."""
    return np.unique(np.append(np.arange(0, windows, 2), windows - 1)) if windows else np.arange(0)


def second_look(looked: Numbers, prints: Vectors) -> Numbers:
    """The windows left out whose neighbours differ; `prints` are those of `looked`, in order."""
    alike = np.einsum("ij,ij->i", prints[:-1], prints[1:]) >= ALIKE
    left_out = np.diff(looked) > 1
    numbers: Numbers = looked[:-1][left_out & ~alike] + 1
    return numbers


def filled(windows: int, looked: Numbers, prints: Vectors) -> Vectors:
    """A print for every window; one that was left out has the mean of its neighbours'.

    `looked` must hold at least what `first_look` asked for.
    """
    every = np.zeros((windows, prints.shape[1]), dtype=np.float32)
    every[looked] = prints
    missing = np.setdiff1d(np.arange(windows), looked)
    every[missing] = unit(every[missing - 1] + every[missing + 1])
    return every
