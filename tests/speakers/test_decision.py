from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import both, known, piece, somewhere_else, voice
from wallflower.speakers.decision import decide

STRANGERS = 0.77
HOUSE = known(voice(1), voice(2), voice(3))


def test_the_first_voice_is_founded() -> None:
    (decision,) = decide([piece(voice(1), 3.0)], known(), STRANGERS, 0.0)
    assert decision.founded
    assert decision.learn
    assert (decision.voice, decision.confidence) == (0, 1.0)


@pytest.mark.parametrize("run_s", [0.4, 1.1])
def test_too_little_speech_founds_nothing(run_s: float) -> None:
    (decision,) = decide([piece(voice(1), 3.0, run_s)], known(), STRANGERS, 0.0)
    assert decision.voice is None
    assert decision.confidence == 0.0


def test_a_known_voice_is_found_and_learns() -> None:
    (decision,) = decide([piece(voice(2), 3.0)], HOUSE, STRANGERS, 60.0)
    assert decision.voice == 1
    assert decision.learn
    assert not decision.founded
    assert decision.confidence > 0.9


@pytest.mark.parametrize("heard_s", [0.0, 100.0, 10_000.0])
def test_a_stranger_with_enough_speech_becomes_a_voice(heard_s: float) -> None:
    (decision,) = decide([piece(voice(9), 3.0)], HOUSE, STRANGERS, heard_s)
    assert decision.founded
    assert decision.voice == 3


def test_a_short_stranger_is_at_most_a_doubtful_guess() -> None:
    (decision,) = decide([piece(voice(9), 1.0)], HOUSE, STRANGERS, 60.0)
    assert not decision.founded
    assert not decision.learn
    assert decision.confidence < 0.7


def test_a_voice_founded_in_an_utterance_is_known_to_its_later_pieces() -> None:
    pieces = [piece(voice(1), 4.0, seed=1), piece(voice(2), 3.0), piece(voice(1), 2.0, seed=2)]
    decisions = decide(pieces, known(), STRANGERS, 0.0)
    assert [each.voice for each in decisions] == [0, 1, 0]
    assert [each.founded for each in decisions] == [True, True, False]


def test_a_voice_recognised_from_elsewhere_is_at_home_for_later_pieces() -> None:
    house = both(known(voice(1), voice(2), here=False), known(voice(3)))
    moved = somewhere_else(voice(2))
    first, second = decide([piece(moved, 6.0), piece(moved, 1.0, seed=1)], house, STRANGERS, 60.0)
    assert (first.voice, second.voice) == (1, 1)
    assert second.confidence > 0.9


def test_what_the_caller_knows_is_left_alone() -> None:
    before = HOUSE.prints.copy()
    decide([piece(voice(1), 3.0), piece(voice(9), 3.0)], HOUSE, STRANGERS, 0.0)
    np.testing.assert_array_equal(HOUSE.prints, before)
