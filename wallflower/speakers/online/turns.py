"""What was decided about pieces, as turns. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.domain.speech import SpeakerRef, Turn
from wallflower.domain.voices import Voice
from wallflower.speakers.online.decision import Decision
from wallflower.speakers.online.scoring import Piece


def known_windows(
    prints: Prints, pieces: Sequence[Piece], decisions: Sequence[Decision]
) -> npt.NDArray[np.bool_]:
    """The windows that surely are of a voice known before: a stranger may sound like two others."""
    known = np.zeros(len(prints.windows), dtype=np.bool_)
    for piece, decision in zip(pieces, decisions, strict=True):
        known[piece.windows] = decision.sure and not decision.founded
    return known


def turns_of(
    prints: Prints,
    pieces: Sequence[Piece],
    decisions: Sequence[Decision],
    voices: Sequence[Voice],
) -> tuple[Turn, ...]:
    """The turns of an utterance in order; `voices` are those known and those founded in it.

    Pieces of one voice make one reference: the mean confidence of their windows, and as sure as
    the longest.
    """
    owner: dict[int, SpeakerRef] = {}
    for voice, mine in _by_voice(pieces, decisions).items():
        if voice >= len(voices):  # a snapshot founds nobody
            continue
        weights = [len(piece.windows) for piece, _ in mine]
        chance = float(np.average([each.confidence for _, each in mine], weights=weights))
        ref = voices[voice].ref(chance, sure=mine[0][1].sure)
        for piece, _ in mine:
            owner.update(dict.fromkeys(piece.windows.tolist(), ref))
    turns: list[Turn] = []
    for window in sorted(owner):
        start_s, end_s = (float(edge) for edge in prints.edges_s[window : window + 2])
        last = turns[-1] if turns else None
        if last and last.end_s == start_s and last.speaker == owner[window]:
            turns[-1] = Turn(last.start_s, end_s, last.speaker)
        else:
            turns.append(Turn(start_s, end_s, owner[window]))
    return tuple(turns)


def _by_voice(
    pieces: Sequence[Piece], decisions: Sequence[Decision]
) -> dict[int, list[tuple[Piece, Decision]]]:
    found: dict[int, list[tuple[Piece, Decision]]] = {}
    for piece, decision in zip(pieces, decisions, strict=True):
        if decision.voice is not None:
            found.setdefault(decision.voice, []).append((piece, decision))
    return found
