"""Whose voice each piece of an utterance is: the online rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.speakers.scoring import Array, Known, Piece, grown, posterior

FOUND_RUN_S: Final = 1.2
"""A voice is founded on at least so much uninterrupted speech."""
LEARN: Final = 0.7
"""A voice learns from pieces that are at least this likely its own: one wrong lesson spoils
more than ten right ones mend."""
GUESS: Final = 0.05
"""Below this nobody is named at all."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one piece was taken for."""

    voice: int | None
    """Number of the voice: below the count of known voices one of them, from there on the new
    ones in the order they were founded; None when nobody fits."""
    confidence: float
    """Probability that it is this voice, 0 to 1."""
    founded: bool
    learn: bool
    """Whether the voice's print should grow by this piece."""


def decide(
    pieces: Sequence[Piece], known: Known, strangers: float, heard_s: float
) -> list[Decision]:
    """One decision per piece of an utterance, in their order: the longest first.

    `strangers` is the score strangers have in this room (`strangers_score`), `heard_s` the speech
    heard on this stream so far. What one piece founds or teaches counts for the later ones.
    """
    decisions = []
    for piece in pieces:
        chances = posterior(piece, known, strangers, heard_s)
        new = len(known.speech_s)
        if chances.argmax() == new and piece.longest_run_s >= FOUND_RUN_S:
            decisions.append(Decision(new, float(chances[new]), founded=True, learn=True))
        else:
            decisions.append(_best_known(chances[:new]))
        if decisions[-1].learn:
            known = _taught(known, decisions[-1].voice, piece)
    return decisions


def _best_known(chances: Array) -> Decision:
    if not len(chances) or chances.max() < GUESS:
        return Decision(None, 0.0, founded=False, learn=False)
    chance = float(chances.max())
    return Decision(int(chances.argmax()), chance, founded=False, learn=chance >= LEARN)


def _taught(known: Known, voice: int | None, piece: Piece) -> Known:
    """`known` after `voice` (or one more) was heard here in `piece`."""
    if voice is None or voice == len(known.speech_s):
        return Known(
            np.vstack([known.prints, piece.mean]),
            np.append(known.speech_s, piece.speech_s),
            np.append(known.here, True),
        )
    prints, speech_s, here = known.prints.copy(), known.speech_s.copy(), known.here.copy()
    if here[voice]:
        prints[voice] = grown(prints[voice], float(speech_s[voice]), piece)
        speech_s[voice] += piece.speech_s
    else:
        prints[voice], speech_s[voice], here[voice] = piece.mean, piece.speech_s, True
    return Known(prints, speech_s, here)
