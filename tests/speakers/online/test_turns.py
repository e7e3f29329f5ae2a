from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import heard, known, stretch, voice
from wallflower.speakers.online.decision import NOBODY, Decision
from wallflower.speakers.online.scoring import Piece
from wallflower.speakers.online.turns import known_windows, turns_of

PRINTS = stretch(heard(voice(1), 6), 1.0)
HOUSE = known(voice(1), voice(2))


def part(*windows: int) -> Piece:
    return Piece(np.array(windows), heard(voice(1), 1)[0], float(len(windows)), 1.0)


def test_turns_follow_each_other_as_windows_do() -> None:
    decisions = [Decision(0, 0.9, sure=True), Decision(1, 0.6, sure=False)]
    turns = turns_of(PRINTS, [part(0, 1, 4, 5), part(2, 3)], decisions, HOUSE)
    assert [(each.start_s, each.end_s, each.speaker.id) for each in turns] == [
        (0.0, 2.0, 1),
        (2.0, 4.0, 2),
        (4.0, 6.0, 1),
    ]
    assert [each.speaker.sure for each in turns] == [True, False, True]


def test_pieces_of_one_voice_are_one_turn() -> None:
    decisions = [Decision(0, 0.9, sure=True), Decision(0, 0.6, sure=False)]
    (turn,) = turns_of(PRINTS, [part(0, 1, 2, 3), part(4, 5)], decisions, HOUSE)
    assert (turn.start_s, turn.end_s) == (0.0, 6.0)
    assert turn.speaker.sure
    assert turn.speaker.confidence == pytest.approx(0.8)


def test_nobody_and_voices_nobody_keeps_have_no_turn() -> None:
    founded = Decision(2, 1.0, sure=True, founded=True)
    assert turns_of(PRINTS, [part(0, 1), part(2)], [NOBODY, founded], HOUSE) == ()


def test_only_who_was_known_before_and_for_sure_is_known() -> None:
    decisions = [
        Decision(0, 0.9, sure=True),
        Decision(1, 0.6, sure=False),
        Decision(2, 1.0, sure=True, founded=True),
        NOBODY,
    ]
    pieces = [part(0, 3), part(1), part(2), part(4)]
    assert known_windows(PRINTS, pieces, decisions).tolist() == [1, 0, 0, 1, 0, 0]
