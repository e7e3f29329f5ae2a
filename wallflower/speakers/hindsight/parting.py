"""One voice that is two people: which of its lines are the other one's. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.voices import HeardLine
from wallflower.speakers.odds.calibration import Array, Vectors

ROUNDS: Final = 30


def parting(lines: Sequence[HeardLine]) -> list[int]:
    """The ids of the lines that become a voice of their own; none when there is nothing to part.

    Two-means on the lines' means, begun with the two that are least alike. Lines that a person
    confirmed stay, and with them the part that has most of their speech; without any, the part
    with most speech stays.
    """
    heard = [line for line in lines if not line.prints.overlapped.all()]
    if len(heard) < 2:
        return []
    means = np.stack([line.prints.mean()[0] for line in heard])
    weights = np.array([line.prints.speech_s for line in heard])
    confirmed = np.array([line.confirmed for line in heard])
    groups = _two_means(means, weights)
    decisive = weights * confirmed if confirmed.any() else weights
    stays = int(decisive[groups == 1].sum() > decisive[groups == 0].sum())
    return [
        line.id
        for line, group in zip(heard, groups.tolist(), strict=True)
        if group != stays and not line.confirmed
    ]


def _two_means(means: Vectors, weights: Array) -> npt.NDArray[np.intp]:
    """0 or 1 for each mean; spherical k-means."""
    likeness = means @ means.T
    first, second = np.unravel_index(likeness.argmin(), likeness.shape)
    groups: npt.NDArray[np.intp] = np.argmax(likeness[:, [first, second]], axis=1)
    for _ in range(ROUNDS):
        sums = np.stack(
            [(means * weights[:, None])[groups == group].sum(axis=0) for group in (0, 1)]
        )
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        again = np.argmax(means @ centres.T, axis=1)
        if (again == groups).all():
            break
        groups = again
    return groups
