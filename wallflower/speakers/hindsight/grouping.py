"""How many people talk on one stream, and which windows are whose: all windows at once. Pure numpy.

Online, a voice is decided on by what came before it. Looking back there is more: everything said
in a conversation, so that no order of events and no first impression counts. Windows are joined
bottom-up (`partitions.py`), the partings into few voices are settled (`settling.py`), and the one
with the most evidence is taken.

Chosen against spectral clustering with auto-tuned neighbours (NME-SC, Park et al. 2019), which does
worse on short talks, and against a rule of one threshold; see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.domain.prints import Prints
from wallflower.speakers.hindsight.partitions import Array, Labels, partitions
from wallflower.speakers.hindsight.settling import Settled, settle
from wallflower.speakers.odds.calibration import Calibration, Vectors, unit

MOST: Final = 8
"""People in one conversation on one stream, at most, not counting those a person confirmed."""
BETWEEN: Final = 0.35
"""People of one room differ by less than the calibration's people of all rooms: by so much of the
variance."""
WINDOW_S: Final = 1.0
"""How much speech a window holds; the calibration says how far prints of so much are off."""
SHARE_S: Final = 0.4
"""A window that speaks for so long weighs 1 while windows are joined, others by the square root of
their share: neighbours overlap, and what one says the next one partly repeats."""
SETTLING: Final = 0.5
"""What windows weigh while they are settled: they repeat each other more than the model knows."""
VOICE_COST: Final = 0.5
"""The evidence one more voice must bring, per window of the talk: moods, moving about and noises
that come and go part one person's speech as well, the more of it there is."""
TRIES: Final = 2
"""So many more voices are tried after the best number so far."""
STAY: Final = (0.93, 0.5)
"""How likely the same voice goes on: inside a stretch, and from one to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Speech without a long pause: a line or an utterance."""

    prints: Prints
    owner: int = -1
    """0 or more: the number of the voice that a person confirmed."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Who speaks when on one stream."""

    chances: tuple[Array, ...]
    """For each stretch the probability of each group, shape (its windows, groups)."""
    means: Vectors
    """The mean print of each group, shape (groups, dimension), L2 norm 1."""
    speech_s: Array
    """Seconds of each, shape (groups,)."""
    owners: tuple[int, ...]
    """The confirmed owner of each, or -1."""


def grouped(stretches: Sequence[Stretch], calibration: Calibration) -> Groups:
    """The people of `stretches`, in their order on one stream; there must be one.

    Windows with two voices follow their neighbours; where a stretch has no others, they stand for
    the louder voice.
    """
    prints = [stretch.prints for stretch in stretches]
    alone = np.concatenate([~each.overlapped | each.overlapped.all() for each in prints])
    windows = np.concatenate([each.windows for each in prints])
    shares_s = np.concatenate([np.diff(each.edges_s) for each in prints])
    of = np.repeat(np.arange(len(prints)), [len(each.windows) for each in prints])
    owners = np.array([stretch.owner for stretch in stretches], dtype=np.int64)[of]
    settled = _settled(windows[alone], shares_s[alone], of[alone], owners[alone], calibration)
    # A window with two voices goes with the nearest that has one, in its own stretch.
    where = np.arange(len(windows)) + of * len(windows)
    near = np.abs(where[:, None] - where[alone]).argmin(axis=1)
    chances = settled.chances[near]
    heard_s = chances[alone] * shares_s[alone, None]
    means = unit((heard_s.T @ windows[alone]).astype(np.float32))
    ends = np.cumsum([len(each.windows) for each in prints])[:-1]
    return Groups(
        tuple(np.split(chances, ends)), means, heard_s.sum(axis=0), _owned(chances, owners)
    )


def _settled(
    windows: Vectors, shares_s: Array, of: Labels, owners: Labels, calibration: Calibration
) -> Settled:
    spread = float(calibration.spread(WINDOW_S))
    points = calibration.project(windows) / np.sqrt(spread)
    # The room moves all prints alike; what is left tells people apart.
    points -= np.average(points, axis=0, weights=shares_s)
    between = calibration.between * BETWEEN / spread
    weights = np.sqrt(np.maximum(shares_s, 0.05) / SHARE_S)
    stay = np.where(np.diff(of, prepend=-1) == 0, *STAY)
    owned = len(np.unique(owners[owners >= 0]))
    tried: list[tuple[float, Settled]] = []
    for labels in reversed(partitions(points, weights, between, owners, MOST + owned)):
        settled = settle(points, weights * SETTLING, between, labels, owners, stay)
        merit = settled.evidence - VOICE_COST * len(points) * _voices(settled)
        tried.append((merit, settled))
        merits = [each for each, _ in tried]
        if max(merits) > max(merits[-TRIES:]):
            break
    best = max(tried, key=lambda each: each[0])[1]
    used = np.unique(np.append(best.chances.argmax(axis=1), _pinned(best, owners)))
    chances = best.chances[:, used] + 1e-12
    return Settled(chances / chances.sum(axis=1, keepdims=True), best.evidence)


def _voices(settled: Settled) -> int:
    return len(np.unique(settled.chances.argmax(axis=1)))


def _pinned(settled: Settled, owners: Labels) -> Labels:
    pinned: Labels = settled.chances[owners >= 0].argmax(axis=1)
    return pinned


def _owned(chances: Array, owners: Labels) -> tuple[int, ...]:
    best = chances.argmax(axis=1)
    return tuple(int(owners[best == group].max(initial=-1)) for group in range(chances.shape[1]))
