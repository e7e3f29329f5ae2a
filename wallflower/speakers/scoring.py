"""How likely it is that a stretch of speech belongs to a known voice. Pure numpy.

A cosine alone means little: it grows with the length of what is compared. A print is its
speaker's true print plus error, and the error shrinks with length, so the expected cosine of two
prints of one voice is the product of their reliabilities `1 / sqrt(1 + ERROR_S / seconds)`.
Divided by that product (Spearman's correction for attenuation), one voice scores about 1 at any
length. Strangers score lower, but the louder the noise, the more alike they sound: the expected
score of strangers comes from the room's contrast. Both spreads are known from measurement, so
Bayes' rule gives a probability per voice, with "nobody we know" as one more candidate.

The constants are fitted for the shipped encoder with windows of 1 s, on talks of two to four
people in quiet, living and noisy rooms, and were checked on talks of other people. They lie on a
plateau; the one that trades errors is `STRANGER_PRIOR`: higher splits people, lower joins them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Prints = npt.NDArray[np.float32]
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
STRANGER_PRIOR: Final = 0.45
"""How often a long stretch is somebody new; houses are small, but each voice comes first once."""
STRANGER_RUN_S: Final = (0.6, 1.0)
"""Shorter than the first: never taken for somebody new. The second: how fast that fades."""
LEAST_S: Final = 0.3


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


def scores(piece: Prints, piece_s: float, voices: Prints, voices_s: Array) -> Array:
    """Score of one print against each voice: about 1 for its own, shape (voices,)."""
    cosines = (voices @ piece).astype(np.float64)
    return np.asarray(cosines / (reliability(piece_s) * reliability(voices_s)))


def posterior(
    found: Array, piece_s: float, run_s: float, voices_s: Array, strangers: float
) -> Array:
    """Probability of each voice, and last of a stranger, given the scores `found`.

    `run_s` is the longest uninterrupted stretch of the piece; short ones are hardly ever somebody
    new. Shape (voices + 1,), sums to 1.
    """
    shortest, fade = STRANGER_RUN_S
    newcomer = STRANGER_PRIOR * (1.0 - np.exp(-max(0.0, run_s - shortest) / fade)) + 1e-3
    if not len(found):
        return np.ones(1)
    spread = np.sqrt(
        OWN_SPREAD**2
        + OWN_SPREAD_PIECE**2 / max(piece_s, LEAST_S)
        + OWN_SPREAD_VOICE**2 / np.maximum(voices_s, LEAST_S)
    )
    # Above 1 is luck, not evidence against.
    own = -0.5 * (np.minimum(found - 1.0, 0.0) / spread) ** 2 - np.log(spread)
    other = -0.5 * ((found - strangers) / STRANGERS_SPREAD) ** 2 - np.log(STRANGERS_SPREAD)
    evidence = np.append(own - other + np.log((1.0 - newcomer) / len(found)), np.log(newcomer))
    likelihood = np.exp(evidence - evidence.max())
    return np.asarray(likelihood / likelihood.sum())
