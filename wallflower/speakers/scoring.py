"""How likely it is that a stretch of speech belongs to a known voice. Pure numpy.

A cosine alone means little: it grows with the length of what is compared. A print is its
speaker's true print plus error, and the error shrinks with length, so the expected cosine of two
prints of one voice is the product of their reliabilities `1 / sqrt(1 + ERROR_S / seconds)`.
Divided by that product (Spearman's correction for attenuation), one voice scores about 1 at any
length. Strangers score lower, but the louder the noise, the more alike they sound: the expected
score of strangers comes from the room's contrast.

All that holds between prints of one room. From room to room noise and echo move every print, so
that one person scores 0.7 to 0.95, strangers 0.6 to 0.8. There the other voices of the house are
the yardstick: what they score tells how alike strangers are between these two rooms, and the
right one stands out from them.

All spreads are known from measurement, so Bayes' rule gives a probability per voice, with "nobody
we know" as one more candidate. The constants are fitted for the shipped encoder with windows of
1 s, on talks of two to four people in quiet, living and noisy rooms, and were checked on talks of
other people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Embedding

Vectors = npt.NDArray[np.float32]
"""Shape (prints, dimension), each of L2 norm 1."""
Array = npt.NDArray[np.float64]

ERROR_S: Final = 0.38
"""Seconds of speech at which a print's error is as large as the print."""
CONTRAST_DB: Final = (10.0, 17.0, 28.0)
STRANGERS: Final = (0.83, 0.77, 0.735)
"""Expected score of two different voices in rooms of that contrast."""
STRANGERS_SPREAD: Final = 0.095
OWN_SPREAD: Final = 0.03
"""Spread of one voice's scores for long speech; short speech adds to it:"""
OWN_SPREAD_PIECE: Final = 0.055
OWN_SPREAD_VOICE: Final = 0.07
"""per square root of a second of the piece and of the voice."""
ELSEWHERE: Final = 0.71
"""Expected score of strangers between two rooms, worth `ELSEWHERE_COUNT` voices of a house."""
ELSEWHERE_COUNT: Final = 3.0
ELSEWHERE_ABOVE: Final = 0.20
"""How far one's own voice stands out from the others between two rooms."""
ELSEWHERE_SPREAD: Final = 0.07
ARRIVAL: Final = (0.10, 0.40)
"""How often a piece is of a voice not heard on this stream before, at least and at most. The
constants that trade errors: too low joins people, too high splits them."""
ARRIVAL_S: Final = 30.0
"""It falls as more is heard: `ARRIVAL_S / (ARRIVAL_S + seconds)`, within these bounds."""
STRANGER_RUN_S: Final = (0.6, 1.0)
"""Shorter than the first: never taken for somebody new. The second: how fast that fades."""
LEAST_S: Final = 0.3
LEARN_FROM_S: Final = 40.0
"""A voice's print counts as at most so much speech when it learns, so that it can follow a cold,
a new room or a growing child."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One voice of an utterance."""

    windows: npt.NDArray[np.int64]
    """The numbers of its windows, rising."""
    mean: npt.NDArray[np.float32]
    """Mean of its prints, L2 norm 1."""
    speech_s: float
    longest_run_s: float
    """Its longest stretch without another voice in between."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The voices a piece may belong to."""

    prints: Vectors
    """One per voice: how it sounds here, or the house's print of it."""
    speech_s: Array
    """Seconds of speech behind each."""
    here: npt.NDArray[np.bool_]
    """Whether it is how the voice sounds on this stream."""


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scaled to L2 norm 1 along the last axis; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: npt.NDArray[np.float32] = vectors / np.maximum(length, np.float32(1e-12))
    return scaled


def reliability(speech_s: Array | float) -> Array:
    """Expected cosine between a print of so much speech and its speaker's true print."""
    return np.asarray(1.0 / np.sqrt(1.0 + ERROR_S / np.maximum(speech_s, LEAST_S)))


def strangers_score(contrast_db: float) -> float:
    """What two different voices score on average in a room of this contrast."""
    return float(np.interp(contrast_db, CONTRAST_DB, STRANGERS))


def scores(piece: Vectors, piece_s: float, voices: Vectors, voices_s: Array) -> Array:
    """Score of one print against each voice: about 1 for its own, shape (voices,)."""
    cosines = (voices @ piece).astype(np.float64)
    return np.asarray(cosines / (reliability(piece_s) * reliability(voices_s)))


def posterior(piece: Piece, known: Known, strangers: float, heard_s: float) -> Array:
    """Probability of each known voice, and last of a stranger; shape (voices + 1,), sums to 1.

    `strangers` is the room's `strangers_score`, `heard_s` the speech heard on this stream so far.
    """
    if not len(known.speech_s):
        return np.ones(1)
    found = scores(piece.mean, piece.speech_s, known.prints, known.speech_s)
    length_variance = OWN_SPREAD_PIECE**2 / max(
        piece.speech_s, LEAST_S
    ) + OWN_SPREAD_VOICE**2 / np.maximum(known.speech_s, LEAST_S)
    level = np.where(known.here, strangers, _level_elsewhere(found, ~known.here))
    own = np.where(known.here, 1.0, level + ELSEWHERE_ABOVE)
    spread = np.sqrt(np.where(known.here, OWN_SPREAD, ELSEWHERE_SPREAD) ** 2 + length_variance)
    strange = np.where(known.here, STRANGERS_SPREAD, ELSEWHERE_SPREAD)
    # Scoring higher than one's own voice does is luck, and no evidence for or against.
    found = np.minimum(found, own)
    is_own = -0.5 * ((found - own) / spread) ** 2 - np.log(spread)
    is_other = -0.5 * ((found - level) / strange) ** 2 - np.log(strange)
    evidence = np.append(is_own - is_other, 0.0) + np.log(
        _priors(known.here, piece.longest_run_s, heard_s)
    )
    likelihood = np.exp(evidence - evidence.max())
    return np.asarray(likelihood / likelihood.sum())


def _level_elsewhere(found: Array, elsewhere: npt.NDArray[np.bool_]) -> Array:
    """For each voice, what strangers score between its room and this one, by all the others."""
    others = (found * elsewhere).sum() - found
    count = np.maximum(elsewhere.sum() - 1, 0)
    return np.asarray((ELSEWHERE_COUNT * ELSEWHERE + others) / (ELSEWHERE_COUNT + count))


def _priors(here: npt.NDArray[np.bool_], run_s: float, heard_s: float) -> Array:
    count_here, count_elsewhere = here.sum(), (~here).sum()
    arrives = float(np.clip(ARRIVAL_S / (ARRIVAL_S + heard_s), *ARRIVAL)) if count_here else 1.0
    per_arrival = arrives / (2.0 if count_elsewhere else 1.0)
    shortest, fade = STRANGER_RUN_S
    stranger = per_arrival * (1.0 - np.exp(-max(0.0, run_s - shortest) / fade)) + 1e-3
    voices = np.where(
        here, (1.0 - arrives) / max(count_here, 1) + 1e-3, per_arrival / max(count_elsewhere, 1)
    )
    return np.append(voices, stranger)


def grown(voice: Embedding, speech_s: float, piece: Piece) -> Embedding:
    """A voice's print of `speech_s` seconds after learning from `piece`."""
    weight = np.float32(min(speech_s, LEARN_FROM_S))
    return unit(voice * weight + piece.mean * np.float32(piece.speech_s))
