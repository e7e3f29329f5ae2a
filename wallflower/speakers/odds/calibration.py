"""What scores mean: the odds that two stretches of speech are of one voice. Pure numpy.

A print is its voice plus what the moment adds: words, room, noise, microphone. Which directions of
the embedding tell voices apart, and which tell rooms, is measured once per encoder on many people
in many rooms (`fitting.py`). `Calibration` maps prints so that what the moment adds has variance 1
in every direction and voices have the variance `between`: the two-covariance model (Brümmer and de
Villiers, 2010; the simplest form of PLDA). Under it the likelihood ratio of "one voice" against
"two" has a closed form that knows how long each side was and how noisy.

The model takes directions for independent, so its odds are too bold; `scale` and `offset`, fitted
on trials of people that the map has not seen, make them honest. A household's own confirmed lines
move these two numbers further (`refit.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Shape (prints, dimension)."""
Array = npt.NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)

CLIP_S: Final = 3.5
"""What the moment adds has variance 1 for so much speech."""
LEAST_S: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """What is known of one voice, mapped: a Gaussian in every direction."""

    mean: Array
    """Shape (directions,)."""
    variance: Array
    """Shape (directions,): how far the voice itself may still be from `mean`."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The numbers of one encoder."""

    centre: Vectors
    """Shape (dimension,): the mean print of all people."""
    directions: Vectors
    """Shape (dimension, directions): maps centred prints of L2 norm 1."""
    between: Array
    """Shape (directions,): the variance of voices."""
    lasting: float
    """The share, 0 to 1, of what the moment adds that more speech does not average out."""
    contrast_db: tuple[float, ...]
    """Contrasts of rooms (see `Prints.contrast_db`), rising, and"""
    scale: tuple[float, ...]
    """how much the model's log-likelihood ratio is worth there, in natural log odds; in between,
    in between."""
    offset: float
    """What is added to that, everywhere."""

    @classmethod
    def plain(cls, dimension: int, own_cosine: float) -> Calibration:
        """For an encoder that nobody measured here.

        `own_cosine` is what two clips of one voice score on average; strangers are taken to score
        0, as those of encoders trained by classification do.
        """
        stretch = np.sqrt(dimension / (1.0 - own_cosine))
        return cls(
            centre=np.zeros(dimension, np.float32),
            directions=np.eye(dimension, dtype=np.float32) * np.float32(stretch),
            between=np.full(dimension, own_cosine / (1.0 - own_cosine)),
            lasting=0.8,
            contrast_db=(20.0,),
            scale=(0.2,),
            offset=0.0,
        )

    def project(self, prints: Vectors) -> Array:
        """Prints as the model sees them, shape (prints, directions).

        `prints` are windows, or means of windows of one voice: any L2 norm.
        """
        centred = unit(unit(prints) - self.centre)
        return np.asarray(centred @ self.directions, dtype=np.float64)

    def spread(self, speech_s: Array | float) -> Array:
        """The variance of what the moment adds to a print of so much speech."""
        seconds = np.maximum(speech_s, LEAST_S)
        return np.asarray(self.lasting + (1.0 - self.lasting) * CLIP_S / seconds)

    def enrol(self, prints: Vectors, speech_s: Array) -> Enrolled:
        """A voice out of its prints, one per room; `speech_s` are the seconds behind each."""
        precision = 1.0 / self.spread(speech_s)[:, None]
        variance = 1.0 / (1.0 / self.between + precision.sum(axis=0))
        return Enrolled((self.project(prints) * precision).sum(axis=0) * variance, variance)

    def ratio(self, prints: Vectors, speech_s: Array, voices: Sequence[Enrolled]) -> Array:
        """The model's log-likelihood ratio of "this voice" against "a stranger".

        `prints` are means of windows of one voice each, `speech_s` their seconds, shape (prints,).
        The result has the shape (prints, voices).
        """
        if not voices:
            return np.zeros((len(prints), 0))
        heard = self.project(prints)[:, None, :]
        spread = self.spread(speech_s)[:, None, None]
        means = np.stack([voice.mean for voice in voices])
        variances = np.stack([voice.variance for voice in voices])
        is_theirs = _log_normal(heard - means, variances + spread)
        return is_theirs - _log_normal(heard, self.between + spread)

    def log_odds(
        self,
        prints: Vectors,
        speech_s: Array,
        voices: Sequence[Enrolled],
        contrast_db: float | None = None,
    ) -> Array:
        """How much speech tells for each voice and against a stranger, as in `ratio`.

        Natural logarithm of odds before any prior: 0 tells nothing. `contrast_db` is that of the
        room where `prints` were heard; None: nobody knows, so as in the worst one.
        """
        scale = self.scale_at(contrast_db)
        return scale * self.ratio(prints, speech_s, voices) + self.offset

    def scale_at(self, contrast_db: float | None) -> float:
        """What the ratio is worth in a room of that contrast."""
        if contrast_db is None:
            return min(self.scale)
        return float(np.interp(contrast_db, self.contrast_db, self.scale))


def probability(log_odds: Array | float) -> Array:
    """The probability of these odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -60.0, 60.0))))


def _log_normal(away: Array, variance: Array) -> Array:
    """Log density of a Gaussian, summed over directions, without the constant."""
    return np.asarray(-0.5 * (np.log(variance) + np.square(away) / variance).sum(axis=-1))


def unit(vectors: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Scaled to L2 norm 1 along the last axis; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=vectors.dtype)
