"""Is this Anna? A calibrated probability. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from wallflower.domain.prints import Prints
from wallflower.domain.voices import Voice
from wallflower.speakers.odds.calibration import Array, Calibration, Enrolled, probability

PRIOR: Final = 0.5
"""Before anything is heard: who asks "is this Anna?" has a reason to."""
HOUSEMATE: Final = 0.5
"""If it is not Anna, how likely it is someone else whom the house knows rather than a stranger."""


def enrolled(calibration: Calibration, voice: Voice) -> Enrolled:
    """A voice with at least one print, ready to be compared."""
    prints = np.stack([print_.embedding for print_ in voice.prints])
    return calibration.enrol(prints, np.array([print_.speech_s for print_ in voice.prints]))


def verify(
    calibration: Calibration, prints: Prints, voice: Voice, house: Sequence[Voice] = ()
) -> float:
    """The probability, 0 to 1, that `prints` are of `voice`.

    `prints` are of one person. All prints are of the encoder that `calibration` belongs to.
    `house` are the voices known, `voice` among them or not: who sounds like two of them is sure to
    be neither. Those without prints count for nothing.
    """
    heard, speech_s = prints.mean()
    others = [each for each in house if each.id != voice.id and each.prints]
    log_odds = calibration.log_odds(
        heard[None],
        np.array([speech_s]),
        [enrolled(calibration, each) for each in (voice, *others)],
        prints.contrast_db,
    )[0]
    prior = np.log(PRIOR / (1.0 - PRIOR))
    return float(probability(log_odds[0] - _of_the_others(log_odds[1:]) + prior))


def _of_the_others(log_odds: Array) -> Array:
    """How well somebody else explains it, a stranger being 0."""
    if not len(log_odds):
        return np.zeros(())
    housemates = np.logaddexp.reduce(log_odds) - np.log(len(log_odds)) + np.log(HOUSEMATE)
    return np.asarray(np.logaddexp(housemates, np.log(1.0 - HOUSEMATE)))
