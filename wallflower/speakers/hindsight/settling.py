"""Groups of windows settled: who speaks in each window, given that people talk in stretches.

A hidden Markov model with one state per voice, the voices themselves unknown and drawn from the
two-covariance model; both are found in turns by variational Bayes (the method of Landini et al.,
"Bayesian HMM clustering of x-vector sequences", 2022). Its evidence lower bound tells how good a
parting is, so that partings into two, three, four voices can be compared. Pure numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.speakers.hindsight.partitions import Array, Labels

ROUNDS: Final = 5
"""More change hardly a window."""
BEGIN_SURE: Final = 0.999
"""How far the parting that it starts from is believed."""
ODD: Final = 8.0
"""The most that one window tells, in natural log odds: it may hold a cough, a laugh, a door."""
NEVER: Final = -1e6


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Who speaks when, in probabilities."""

    chances: Array
    """Shape (windows, groups); rows sum to 1."""
    evidence: float
    """The evidence lower bound, natural logarithm; comparable between partings of one talk."""


def settle(
    points: Array, weights: Array, between: Array, labels: Labels, fixed: Labels, stay: Array
) -> Settled:
    """Start from `labels` and let windows change sides.

    `points`, `weights`, `between` are as for `partitions`. Windows where `fixed` is not -1 keep
    their label. `stay`, shape (windows,), is the probability that the voice goes on from the
    window before.
    """
    count = int(labels.max()) + 1
    chances = np.full((len(points), count), (1.0 - BEGIN_SURE) / max(count - 1, 1))
    chances[np.arange(len(points)), labels] = BEGIN_SURE if count > 1 else 1.0
    barred = np.zeros_like(chances)
    pinned = np.flatnonzero(fixed >= 0)
    barred[pinned] = NEVER
    barred[pinned, labels[pinned]] = 0.0
    share, evidence = np.full(count, 1.0 / count), 0.0
    for _ in range(ROUNDS):
        weighted = chances * weights[:, None]
        spread = 1.0 + weighted.sum(axis=0)[:, None] * between
        variance = between / spread
        mean = variance * (weighted.T @ points)
        fit = points @ mean.T - 0.5 * (np.square(mean) + variance).sum(axis=1)
        fit *= weights[:, None]
        fit = np.maximum(fit, fit.max(axis=1, keepdims=True) - ODD) + barred
        chances, share, likelihood = _sequence(fit, stay, share)
        # What the voices cost: their divergence from the prior.
        told = (np.square(mean) + variance) / between - 1.0 + np.log(spread)
        evidence = likelihood - 0.5 * float(told.sum())
    return Settled(chances, evidence)


def _sequence(fit: Array, stay: Array, share: Array) -> tuple[Array, Array, float]:
    """Forward and backward once: chances per window, how often each voice begins, likelihood."""
    best = fit.max(axis=1, keepdims=True)
    fits = np.exp(fit - best)
    forward, backward = np.empty_like(fits), np.ones_like(fits)
    scale = np.empty(len(fits))
    before = share
    same = stay[:, None, None] * np.eye(len(share))
    moves = same + (1.0 - stay)[:, None, None] * share  # [window, from, to]
    for at, here in enumerate(fits):
        joint = (before @ moves[at] if at else share) * here
        scale[at] = joint.sum()
        before = forward[at] = joint / scale[at]
    for at in range(len(fits) - 1, 0, -1):
        backward[at - 1] = moves[at] @ (fits[at] * backward[at]) / scale[at]
    chances = forward * backward
    chances /= chances.sum(axis=1, keepdims=True)
    begins = (1.0 - stay[1:, None]) * share * fits[1:] * backward[1:] / scale[1:, None]
    often = chances[0] + begins.sum(axis=0)
    return chances, often / often.sum(), float(np.log(scale).sum() + best.sum())
