"""Whose voice each piece of an utterance is: the online rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.domain.voices import Embedding
from wallflower.speakers.clustering import Piece
from wallflower.speakers.scoring import Array, Prints, posterior, scores, unit

FOUND_RUN_S: Final = 1.2
"""A voice is founded on at least so much uninterrupted speech."""
LEARN: Final = 0.7
"""A voice learns from pieces that are at least this likely its own: one wrong lesson spoils
more than ten right ones mend."""
GUESS: Final = 0.05
"""Below this nobody is named at all."""
LEARN_FROM_S: Final = 40.0
"""A voice's print counts as at most so much speech when it learns, so that it can follow a cold,
a new room or a growing child."""


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
    pieces: Sequence[Piece], voices: Prints, voices_s: Array, strangers: float
) -> list[Decision]:
    """One decision per piece of an utterance, in their order: the longest first.

    `voices` are the known prints, shape (voices, dimension) also when there are none; `voices_s`
    the seconds behind each; `strangers` is the score strangers have in this room
    (`strangers_score`). A piece may found a voice that later pieces fit.
    """
    known = voices.copy()
    seconds = np.minimum(voices_s, LEARN_FROM_S)
    decisions = []
    for piece in pieces:
        found = scores(piece.mean, piece.speech_s, known, seconds)
        chances = posterior(found, piece.speech_s, piece.longest_run_s, seconds, strangers)
        new = len(seconds)
        if chances.argmax() == new and piece.longest_run_s >= FOUND_RUN_S:
            known = np.vstack([known, piece.mean])
            seconds = np.append(seconds, piece.speech_s)
            decisions.append(Decision(new, float(chances[new]), founded=True, learn=True))
            continue
        best = int(chances[:new].argmax()) if new else None
        if best is None or chances[best] < GUESS:
            decisions.append(Decision(None, 0.0, founded=False, learn=False))
            continue
        chance = float(chances[best])
        learn = chance >= LEARN
        if learn:
            known[best] = grown(known[best], float(seconds[best]), piece)
            seconds[best] = min(seconds[best] + piece.speech_s, LEARN_FROM_S)
        decisions.append(Decision(best, chance, founded=False, learn=learn))
    return decisions


def grown(voice: Embedding, speech_s: float, piece: Piece) -> Embedding:
    """A voice's print of `speech_s` seconds after learning from `piece`."""
    weight = np.float32(min(speech_s, LEARN_FROM_S))
    return unit(voice * weight + piece.mean * np.float32(piece.speech_s))
