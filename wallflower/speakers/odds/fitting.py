"""Measuring an encoder on people in rooms, and a house on its own confirmed lines. Pure.

The map: few people are at hand compared with the dimension of an embedding, so both covariances
are drawn towards a round one (Ledoit and Wolf's remedy, with fixed shares chosen on people held
back). The odds: logistic regression on trials, both answers counting the same (Brümmer and du
Preez, 2006: its loss, C_llr, is what calibration is judged by).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.speakers.odds.calibration import Array, Calibration, Vectors, unit

ROUND_WITHIN: Final = 0.6
"""How far the covariance of what the moment adds is drawn towards a round one."""
ROUND_BETWEEN: Final = 0.5
"""The same for the covariance of voices."""
NEWTON_STEPS: Final = 50


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
            )[0, 0]
            for trial in trials
        ]
    )


def log_odds(calibration: Calibration, trials: Sequence[Trial]) -> Array:
    """What `calibration` says of each trial."""
    scale = np.array([calibration.scale_at(trial.contrast_db) for trial in trials])
    return np.asarray(scale * ratios(calibration, trials) + calibration.offset)


def cost(odds: Array, same: npt.NDArray[np.bool_]) -> float:
    """C_llr of natural log odds, in bits: 0 is perfect, 1 is what one knows without listening."""
    misses = np.logaddexp(0.0, -odds[same]).mean()
    alarms = np.logaddexp(0.0, odds[~same]).mean()
    return float((misses + alarms) / (2.0 * np.log(2.0)))


def with_odds(calibration: Calibration, trials: Sequence[Trial], ratio: Array) -> Calibration:
    """`calibration` with the `scale` and `offset` that suit trials of these ratios best."""
    knots = np.array(calibration.contrast_db)
    contrast_db = np.array([trial.contrast_db for trial in trials])
    # How much each knot counts in the interpolation of `scale_at`.
    shares = np.stack([np.interp(contrast_db, knots, row) for row in np.eye(len(knots))])
    same = np.array([trial.same for trial in trials])
    found = regress(np.vstack([shares * ratio, np.ones(len(ratio))]), same)
    scale = tuple(float(each) for each in np.maximum(found[:-1], 1e-3))
    return replace(calibration, scale=scale, offset=float(found[-1]))


def regress(
    design: Array,
    same: npt.NDArray[np.bool_],
    first: Array | None = None,
    prior: Array | None = None,
) -> Array:
    """Logistic regression: weights of the rows of `design`, shape (rows, trials).

    Trials of one voice and of two count the same, whatever their numbers; there must be both.
    `prior` is how many trials of each kind hold a weight to `first`, per square of the distance.
    """
    counts = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    held = np.zeros(len(design)) if prior is None else prior
    first = np.zeros(len(design)) if first is None else first
    found = first.copy()
    for _ in range(NEWTON_STEPS):
        guess = 1.0 / (1.0 + np.exp(-np.clip(found @ design, -60.0, 60.0)))
        slope = design @ (counts * (guess - same)) + held * (found - first)
        bend = (design * (counts * guess * (1.0 - guess))) @ design.T
        step = np.linalg.solve(bend + np.diag(held + 1e-9), slope)
        found = found - step
        if np.abs(step).max() < 1e-7:
            break
    return found
