from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import HALL, known, piece, somewhere_else, voice
from wallflower.speakers.odds.calibration import unit
from wallflower.speakers.online.decision import decide
from wallflower.speakers.online.scoring import Piece

HOUSE = known(voice(1), voice(2), voice(3))


def test_the_first_voice_is_founded() -> None:
    heard = piece(voice(1), 3.0)
    (decision,) = decide([heard], [], HALL)
    assert decision.founded
    assert decision.sure
    assert (decision.voice, decision.confidence) == (0, 1.0)
    assert decision.learnt is not None
    assert (decision.learnt.stream_id, decision.learnt.speech_s) == ("hall", 3.0)
    np.testing.assert_array_equal(decision.learnt.embedding, heard.mean)


@pytest.mark.parametrize("run_s", [0.4, 0.9])
def test_too_little_speech_founds_nothing(run_s: float) -> None:
    (decision,) = decide([piece(voice(1), 3.0, run_s)], [], HALL)
    assert decision.voice is None
    assert decision.confidence == 0.0
    assert not decision.sure


def test_a_known_voice_is_found_and_learns() -> None:
    (decision,) = decide([piece(voice(2), 3.0)], HOUSE, HALL)
    assert decision.voice == 1
    assert decision.confidence > 0.9
    assert decision.sure
    assert not decision.founded
    assert decision.learnt is not None
    assert decision.learnt.speech_s == pytest.approx(23.0)


def test_a_voice_from_elsewhere_has_a_print_of_its_own_here() -> None:
    moved = somewhere_else(voice(2))
    (decision,) = decide([piece(moved, 6.0)], known(voice(1), voice(2), stream="attic"), HALL)
    assert decision.voice == 1
    assert decision.learnt is not None
    assert (decision.learnt.stream_id, decision.learnt.speech_s) == ("hall", 6.0)


def test_a_stranger_with_enough_speech_becomes_a_voice() -> None:
    (decision,) = decide([piece(voice(9), 3.0)], HOUSE, HALL)
    assert decision.founded
    assert decision.voice == 3


def test_a_short_stranger_is_at_most_a_doubtful_guess() -> None:
    (decision,) = decide([piece(voice(9), 1.0, 0.8)], HOUSE, HALL)
    assert not decision.founded
    assert not decision.sure
    assert decision.learnt is None


def test_between_two_voices_nobody_is_sure() -> None:
    first, second, _ = (each.prints[0].embedding for each in HOUSE)
    either = Piece(np.arange(1), unit(first + second), 1.0, 0.9)
    (decision,) = decide([either], HOUSE, HALL)
    assert decision.voice in (0, 1)
    assert not decision.sure
    assert decision.learnt is None


def test_a_voice_founded_in_an_utterance_is_known_to_its_later_pieces() -> None:
    pieces = [piece(voice(1), 4.0, seed=1), piece(voice(2), 3.0), piece(voice(1), 2.0, seed=2)]
    decisions = decide(pieces, [], HALL)
    assert [each.voice for each in decisions] == [0, 1, 0]
    assert [each.founded for each in decisions] == [True, True, False]
    assert decisions[2].learnt is not None
    assert decisions[2].learnt.speech_s == pytest.approx(6.0)


def test_a_voice_recognised_from_elsewhere_is_at_home_for_later_pieces() -> None:
    house = [*known(voice(1), voice(2), stream="attic"), *known(voice(3))]
    moved = somewhere_else(voice(2))
    first, second = decide([piece(moved, 6.0), piece(moved, 1.0, seed=1)], house, HALL)
    assert (first.voice, second.voice) == (1, 1)
    assert second.confidence > 0.9


def test_what_the_caller_knows_is_left_alone() -> None:
    before = list(HOUSE)
    decide([piece(voice(1), 3.0), piece(voice(9), 3.0)], HOUSE, HALL)
    assert before == HOUSE


def test_what_must_not_teach_does_not() -> None:
    heard, lesson = piece(voice(2), 3.0), piece(voice(2), 1.0)
    nothing = piece(voice(2), 0.0)
    (taught,) = decide([heard], HOUSE, HALL, [lesson])
    assert taught.learnt is not None
    assert taught.learnt.speech_s == pytest.approx(21.0)
    (untaught,) = decide([heard], HOUSE, HALL, [nothing])
    assert (untaught.voice, untaught.sure, untaught.learnt) == (1, True, None)
