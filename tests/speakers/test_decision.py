from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import DIMENSION, heard, voice
from wallflower.speakers.clustering import Piece
from wallflower.speakers.decision import LEARN_FROM_S, decide, grown
from wallflower.speakers.scoring import Prints, unit

STRANGERS = 0.77
NOBODY = np.zeros((0, DIMENSION), np.float32)


def piece(who: int, seconds: float, run_s: float | None = None, seed: int = 0) -> Piece:
    windows = max(1, round(seconds))
    mean = unit(heard(voice(who), windows, seed).mean(axis=0))
    return Piece(np.arange(windows), mean, seconds, seconds if run_s is None else run_s)


def known(*who: int) -> Prints:
    return np.stack([unit(heard(voice(each), 20, 50 + each).mean(axis=0)) for each in who])


def test_the_first_voice_is_founded() -> None:
    (decision,) = decide([piece(1, 3.0)], NOBODY, np.zeros(0), STRANGERS)
    assert decision.founded
    assert (decision.voice, decision.confidence) == (0, 1.0)


@pytest.mark.parametrize("run_s", [0.4, 1.1])
def test_too_little_speech_founds_nothing(run_s: float) -> None:
    (decision,) = decide([piece(1, 3.0, run_s)], NOBODY, np.zeros(0), STRANGERS)
    assert decision.voice is None
    assert decision.confidence == 0.0


def test_a_known_voice_is_found_and_learns() -> None:
    (decision,) = decide([piece(2, 3.0)], known(1, 2, 3), np.full(3, 20.0), STRANGERS)
    assert decision.voice == 1
    assert decision.learn
    assert not decision.founded
    assert decision.confidence > 0.9


def test_a_stranger_with_enough_speech_becomes_a_voice() -> None:
    (decision,) = decide([piece(9, 3.0)], known(1, 2, 3), np.full(3, 20.0), STRANGERS)
    assert decision.founded
    assert decision.voice == 3


def test_a_short_stranger_is_at_most_a_doubtful_guess() -> None:
    (decision,) = decide([piece(9, 1.0)], known(1, 2, 3), np.full(3, 20.0), STRANGERS)
    assert not decision.founded
    assert not decision.learn
    assert decision.confidence < 0.7


def test_a_voice_founded_in_an_utterance_is_known_to_its_later_pieces() -> None:
    pieces = [piece(1, 4.0, seed=1), piece(2, 3.0), piece(1, 2.0, seed=2)]
    decisions = decide(pieces, NOBODY, np.zeros(0), STRANGERS)
    assert [each.voice for each in decisions] == [0, 1, 0]
    assert [each.founded for each in decisions] == [True, True, False]


def test_the_callers_prints_are_left_alone() -> None:
    prints = known(1, 2)
    before = prints.copy()
    decide([piece(1, 3.0)], prints, np.full(2, 20.0), STRANGERS)
    np.testing.assert_array_equal(prints, before)


def test_learning_is_weighted_and_bounded() -> None:
    old = known(1)[0]
    lesson = piece(2, 4.0)
    little, much, more = (
        float(grown(old, seconds, lesson) @ old) for seconds in (4.0, LEARN_FROM_S, 5_000.0)
    )
    assert little < much == pytest.approx(more)
    assert much < 1.0
    assert np.linalg.norm(grown(old, 4.0, lesson)) == pytest.approx(1.0)
