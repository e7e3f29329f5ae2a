"""Measuring an encoder on people in rooms, and a house on its own confirmed lines. Pure.

The map: few people are at hand compared with the dimension of an embedding, so both covariances
are drawn towards a round one (Ledoit and Wolf's remedy, with fixed shares chosen on people held
back). The odds: logistic regression on trials, both answers counting the same (Brümmer and du
Preez, 2006: its loss, C_llr, is what calibration is judged by).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.speakers.calibration import Array, Calibration, Vectors, unit

ROUND_WITHIN: Final = 0.6
"""How far the covariance of what the moment adds is drawn towards a round one."""
ROUND_BETWEEN: Final = 0.5
"""The same for the covariance of voices."""
START_SPREAD: Final = (0.4, 1.0)
"""How far a house may be from the shipped odds: the scale relatively, the offset in nats."""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Where voices differ, and by how much; see the fields of the same name of `Calibration`."""

    centre: Vectors
    directions: Vectors
    between: Array


def fit_map(prints: Vectors, who: npt.NDArray[np.int64]) -> Map:
    """The map for clips of about `CLIP_S`: `prints` are their means, `who` numbers the people.

    Every person needs clips in several rooms, or rooms would be taken for people. Raises
    `ValueError` for fewer than two people, or one clip per person.
    """
    people, who = np.unique(who, return_inverse=True)
    if len(people) < 2 or len(prints) <= len(people):
        raise ValueError("a calibration needs several people with several clips each")
    units = unit(prints).astype(np.float64)
    centre = _means(units, who).mean(axis=0)
    centred = unit(units - centre)
    means = _means(centred, who)
    away = centred - means[who]
    within = _round(away.T @ away / (len(prints) - len(people)), ROUND_WITHIN)
    between = _round(np.cov(means.T), ROUND_BETWEEN)
    # Both covariances become diagonal: the first by whitening, the second by a turn after it.
    variance, axes = np.linalg.eigh(within)
    whitening = axes / np.sqrt(variance)
    spread, turn = np.linalg.eigh(whitening.T @ between @ whitening)
    return Map(
        centre.astype(np.float32),
        (whitening @ turn[:, ::-1]).astype(np.float32),
        spread[::-1].copy(),
    )


def _means(prints: Array, who: npt.NDArray[np.int64]) -> Array:
    """The mean print of each person."""
    sums = np.zeros((int(who.max()) + 1, prints.shape[1]))
    np.add.at(sums, who, prints)
    return np.asarray(sums / np.bincount(who)[:, None])


def _round(covariance: Array, share: float) -> Array:
    """`covariance` drawn towards the round one of the same total variance."""
    size = len(covariance)
    return np.asarray(
        (1.0 - share) * covariance + share * np.trace(covariance) / size * np.eye(size)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A stretch of speech, and the prints of a voice that it is or is not of."""

    heard: Vectors
    """Shape (dimension,)."""
    heard_s: float
    contrast_db: float
    voice: Vectors
    """One print per room, shape (prints, dimension)."""
    voice_s: Array
    same: bool


def ratios(calibration: Calibration, trials: Sequence[Trial]) -> Array:
    """The model's log-likelihood ratio of each trial."""
    return np.array(
        [
            calibration.ratio(
                trial.heard[None],
                np.array([trial.heard_s]),
                [calibration.enrol(trial.voice, trial.voice_s)],
                trial.contrast_db,
            )[0, 0]
            for trial in trials
        ]
    )


def cost(log_odds: Array, same: npt.NDArray[np.bool_]) -> float:
    """C_llr in bits: 0 is perfect, 1 is what one knows without listening, more misleads."""
    misses = np.logaddexp(0.0, -log_odds[same]).mean()
    alarms = np.logaddexp(0.0, log_odds[~same]).mean()
    return float((misses + alarms) / (2.0 * np.log(2.0)))


def fit_odds(
    ratio: Array,
    same: npt.NDArray[np.bool_],
    start: tuple[float, float] = (0.2, 0.0),
    trust: float = 0.0,
) -> tuple[float, float]:
    """`scale` and `offset` that make `ratio` honest log odds. There must be trials of both kinds.

    `trust` draws them towards `start`: as much as so many trials of each kind would that `start`
    is right about, with deviations counted in `START_SPREAD`.
    """
    weights = np.where(same, 0.5 / same.mean(), 0.5 / (~same).mean()) / len(same)
    design = np.stack([ratio, np.ones(len(ratio))])
    prior = trust / np.square(np.array(START_SPREAD) * (max(start[0], 1e-3), 1.0))
    first = np.array(start)
    found = first.copy()
    for _ in range(50):
        guess = 1.0 / (1.0 + np.exp(-np.clip(found @ design, -60.0, 60.0)))
        slope = design @ (weights * (guess - same)) + prior * (found - first)
        bend = (design * (weights * guess * (1.0 - guess))) @ design.T + np.diag(prior + 1e-9)
        step = np.linalg.solve(bend, slope)
        found = found - step
        if np.abs(step).max() < 1e-7:
            break
    return float(max(found[0], 1e-3)), float(found[1])
