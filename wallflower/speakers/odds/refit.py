"""The house's own odds, from lines whose speaker a person confirmed. Pure.

The map stays as it was measured: a household is too few people to draw one from. What it can tell
is whether the odds are too bold or too shy for its rooms and people, and which way they lean. Both
are drawn towards the shipped ones, the more the fewer lines there are, so that little data moves
little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np

from wallflower.domain.voices import HeardLine
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.fitting import Trial, log_odds, regress

LEAST: Final = 8
"""Fewer lines than this tell nothing; so do lines of one person."""
MOST: Final = 200
"""More lines than this tell no more."""
TRUST: Final = 10.0
"""The shipped odds count as much as so many lines."""
SPREAD: Final = (0.3, 1.0)
"""How far a house may be from them: the scale relatively, the offset in nats."""


@dataclass(frozen=True, slots=True)
class OwnOdds:
    """How a house differs from the shipped calibration."""

    factor: float = 1.0
    """What the shipped scale is multiplied by."""
    shift: float = 0.0
    """What is added to the shipped offset, in nats."""

    def on(self, calibration: Calibration) -> Calibration:
        """The shipped `calibration` as this house has it."""
        scale = tuple(each * self.factor for each in calibration.scale)
        offset = calibration.offset * self.factor + self.shift
        return replace(calibration, scale=scale, offset=offset)


def refit(calibration: Calibration, lines: Sequence[HeardLine]) -> OwnOdds:
    """What the house's confirmed lines say about the shipped `calibration`.

    Lines that nobody confirmed, or that are nobody's, are left out; of more than `MOST` the last
    ones count. All prints are of the encoder that `calibration` belongs to. Without at least
    `LEAST` lines, two of one person and two people among them, nothing changes.
    """
    told = [line for line in lines if line.confirmed and line.voice_id is not None][-MOST:]
    trials = [_trial(one, other) for one, other in combinations(told, 2)]
    same = np.array([trial.same for trial in trials], dtype=np.bool_)
    if len(told) < LEAST or same.all() or not same.any():
        return OwnOdds()
    shipped = log_odds(calibration, trials)
    held = TRUST / len(told) / np.square(SPREAD)
    first = np.array([1.0, 0.0])
    factor, shift = regress(np.stack([shipped, np.ones(len(shipped))]), same, first, held)
    return OwnOdds(float(max(factor, 0.1)), float(shift))


def _trial(one: HeardLine, other: HeardLine) -> Trial:
    heard, heard_s = one.prints.mean()
    known, known_s = other.prints.mean()
    same = one.voice_id == other.voice_id
    contrast_db = min(one.prints.contrast_db, other.prints.contrast_db)
    return Trial(heard, heard_s, contrast_db, known[None], np.array([known_s]), same)
