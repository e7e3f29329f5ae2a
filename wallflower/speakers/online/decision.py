"""Whose voice each piece of an utterance is: the online rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wallflower.domain.voices import RoomPrint, Voice
from wallflower.speakers.online.learning import print_after, print_of
from wallflower.speakers.online.scoring import Piece, Place, posterior

FOUND_RUN_S: Final = 1.0
"""A voice is founded on at least so much uninterrupted speech."""
LEARN: Final = 0.7
"""A voice learns from pieces that are at least this likely its own: one wrong lesson spoils
more than ten right ones mend."""
SURE: Final = 0.7
"""A voice is named for sure when it is at least this likely"""
SURE_MARGIN: Final = 0.4
"""and so much likelier than the next."""
GUESS: Final = 0.05
"""Below this nobody is named at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What one piece was taken for."""

    voice: int | None
    """Number of the voice: below the count of known voices one of them, from there on the new
    ones in the order they were founded; None when nobody fits."""
    confidence: float
    """Probability that it is this voice, 0 to 1."""
    sure: bool
    founded: bool = False
    learnt: RoomPrint | None = None
    """The voice's print of this room from now on; None when it should not learn from this."""


NOBODY: Final = Decision(None, 0.0, sure=False)


def decide(
    pieces: Sequence[Piece],
    voices: Sequence[Voice],
    place: Place,
    lessons: Sequence[Piece] | None = None,
) -> list[Decision]:
    """One decision per piece of an utterance, in their order: the longest first.

    What one piece founds or teaches counts for the later ones. `lessons` are the pieces without
    what must teach nobody; None: all of them may.
    """
    known, decisions = list(voices), []
    for piece, lesson in zip(pieces, lessons or pieces, strict=True):
        decision = _decided(piece, lesson, known, place)
        decisions.append(decision)
        if decision.founded and decision.learnt is not None:
            known.append(_stand_in(decision.learnt, place))
        elif decision.voice is not None and decision.learnt is not None:
            known[decision.voice] = known[decision.voice].sounding(decision.learnt)
    return decisions


def _decided(piece: Piece, lesson: Piece, known: Sequence[Voice], place: Place) -> Decision:
    chances, new = posterior(piece, known, place), len(known)
    if chances.argmax() == new and piece.longest_run_s >= FOUND_RUN_S:
        first = print_of(place.stream_id, piece, place.at)
        return Decision(new, float(chances[new]), sure=True, founded=True, learnt=first)
    if not new or chances[:new].max() < GUESS:
        return NOBODY
    voice = int(chances[:new].argmax())
    chance = float(chances[voice])
    next_best = float(np.delete(chances, voice).max())
    sure = chance >= SURE and chance - next_best >= SURE_MARGIN
    learns = chance >= LEARN and lesson.speech_s > 0
    learnt = print_after(known[voice], place.stream_id, lesson, place.at) if learns else None
    return Decision(voice, chance, sure, learnt=learnt)


def _stand_in(first: RoomPrint, place: Place) -> Voice:
    """A founded voice that nobody keeps yet."""
    return Voice(0, "", False, "", (first,), place.at, place.at)
