"""Which voice the house knows each group of windows is, if any. Pure numpy.

A group found by looking back is compared with every voice the house knows; what its lines are
called now counts as well, so that names survive. Two groups of one stream are two people, so a
voice is given once, to the group that it fits best; only what fits it beyond doubt joins it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.domain.voices import Voice
from wallflower.speakers.hindsight.grouping import Groups
from wallflower.speakers.hindsight.partitions import Array
from wallflower.speakers.odds.calibration import Calibration, probability
from wallflower.speakers.odds.verification import enrolled

KEEPS: Final = 3.0
"""What it is worth, in natural log odds, that all of a group is called so already."""
KEEPS_NAME: Final = 10.0
"""The same when a person gave that name to voices that are known from these lines alone: a part of
the group is enough for the rest to follow."""
KEEPS_PERSON: Final = 1.0
"""The same for a person who is known from elsewhere: then how it sounds decides. A stranger who is
taken for one once would be so ever after."""
FITS: Final = 1.0
"""Odds from which a group is a voice that nobody named, or is known from these lines alone,"""
IS_PERSON: Final = 2.5
"""and from which it is a person. Somebody left without a name gets it when more was heard."""
JOINS: Final = 5.0
"""Odds from which it is, although another group of the stream is that voice too, or although its
lines are called otherwise now: about one in a hundred and fifty is wrong."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a group was taken for."""

    voice: int | None
    """The voice's id; None: nobody known."""
    chance: float
    """0 to 1."""
    instead_of: int | None = None
    """The unnamed voice that most of the group is called now, if that is another one: the two
    sound like one person."""


def named(
    groups: Groups,
    called_s: Array,
    voices: Sequence[Voice],
    calibration: Calibration,
    contrast_db: float,
) -> list[Name]:
    """A name for each group of one stream, in their order.

    `voices` have the prints that do not rest on these groups; one without prints is told by what
    it is called alone. `called_s` tells how many seconds of each group are called as which voice
    now, shape (groups, voices); `contrast_db` is the room's.
    """
    odds = np.zeros((len(groups.means), len(voices)))
    heard = [at for at, voice in enumerate(voices) if voice.prints]
    odds[:, heard] = calibration.log_odds(
        groups.means,
        groups.speech_s,
        [enrolled(calibration, voices[at]) for at in heard],
        contrast_db,
    )
    share = called_s / np.maximum(groups.speech_s, 1e-6)[:, None]
    scores = odds + np.array([_worth(voice) for voice in voices]) * share
    least = np.array([IS_PERSON if voice.known and voice.prints else FITS for voice in voices])
    names = {at: Name(owner, 1.0) for at, owner in enumerate(groups.owners) if owner >= 0}
    taken = {name.voice for name in names.values()}
    for group, best in _best_first(scores):
        if group in names or voices[best].id in taken or scores[group, best] < least[best]:
            continue
        chosen = _elder(odds[group], best, voices, taken)
        names[group] = Name(
            voices[chosen].id,
            float(probability(scores[group, chosen])),
            _replaced(chosen, share[group], odds[group], voices),
        )
        taken.add(voices[chosen].id)
    return [names.get(group) or _joining(odds[group], voices) for group in range(len(odds))]


def _worth(voice: Voice) -> float:
    """What it is worth that all of a group is called as this voice."""
    if not voice.known:
        return KEEPS
    return KEEPS_PERSON if voice.prints else KEEPS_NAME


def _best_first(scores: Array) -> list[tuple[int, int]]:
    """(group, voice), the highest score first."""
    order = np.argsort(-scores, axis=None, kind="stable").tolist()
    return [divmod(at, scores.shape[1]) for at in order]


def _elder(odds: Array, best: int, voices: Sequence[Voice], taken: set[int | None]) -> int:
    """A voice with a name, or an older one, that the group is beyond doubt; else `best`."""
    elders = [
        at
        for at, voice in enumerate(voices)
        if odds[at] >= JOINS and voice.id not in taken and _goes_before(voice, voices[best])
    ]
    return max(elders, key=lambda at: (voices[at].known, odds[at]), default=best)


def _replaced(chosen: int, share: Array, odds: Array, voices: Sequence[Voice]) -> int | None:
    """The voice that most of the group is called, if it is `chosen` beyond doubt and may go."""
    most = int(share.argmax())
    if most == chosen or share[most] <= 0.5 or odds[chosen] < JOINS:
        return None
    return voices[most].id if _goes_before(voices[chosen], voices[most]) else None


def _goes_before(voice: Voice, other: Voice) -> bool:
    """Whether `voice` stays if both are one person. Ids below 0 are of voices found just now."""
    if other.known or voice.known:
        return voice.known and not other.known
    return voice.id >= 0 and (other.id < 0 or voice.id < other.id)


def _joining(odds: Array, voices: Sequence[Voice]) -> Name:
    """A voice that is another group already, if this one is it beyond doubt as well."""
    best = int(odds.argmax()) if len(odds) else None
    if best is None or odds[best] < JOINS:
        return Name(None, 0.0)
    return Name(voices[best].id, float(probability(odds[best])))
