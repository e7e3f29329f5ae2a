from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.prints import heard, voice
from wallflower.speakers.scoring import posterior, reliability, scores, strangers_score, unit


def test_one_voice_scores_about_1_at_any_length() -> None:
    true = voice(1)
    for seconds in (1, 2, 5, 20):
        found = [
            scores(
                unit(heard(true, seconds, seed).mean(axis=0)),
                float(seconds),
                unit(heard(true, 10, seed + 100).mean(axis=0))[None],
                np.array([10.0]),
            )[0]
            for seed in range(20)
        ]
        assert np.mean(found) == pytest.approx(1.0, abs=0.03)


def test_long_speech_is_more_reliable() -> None:
    values = reliability(np.array([0.1, 0.5, 1.0, 4.0, 40.0]))
    assert (np.diff(values) > 0).all()
    assert values[-1] > 0.99


def test_strangers_are_more_alike_in_noise() -> None:
    values = [strangers_score(contrast) for contrast in (0.0, 8.0, 12.0, 20.0, 40.0)]
    assert values == sorted(values, reverse=True)


@given(
    st.lists(st.floats(-0.2, 1.3), max_size=5),
    st.floats(0.1, 30.0),
    st.floats(0.1, 30.0),
    st.floats(0.7, 0.85),
)
def test_probabilities_sum_to_1_and_follow_the_scores(
    found: list[float], piece_s: float, voice_s: float, strangers: float
) -> None:
    voices_s = np.full(len(found), voice_s)
    chances = posterior(np.array(found), piece_s, piece_s, voices_s, strangers)
    assert len(chances) == len(found) + 1
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()


@given(st.floats(0.3, 20.0), st.floats(1.0, 20.0), st.floats(0.7, 0.85))
def test_a_better_score_never_makes_a_voice_less_likely(
    piece_s: float, voice_s: float, strangers: float
) -> None:
    found = np.linspace(strangers, 1.2, 30)
    chances = [
        posterior(np.array([one]), piece_s, piece_s, np.array([voice_s]), strangers)[0]
        for one in found
    ]
    assert (np.diff(chances) >= -1e-9).all()


def test_short_pieces_are_hardly_ever_strangers() -> None:
    score, voices_s = np.array([0.85]), np.array([10.0])
    strange = [posterior(score, 1.0, run_s, voices_s, 0.77)[-1] for run_s in (0.3, 0.8, 1.5, 4.0)]
    assert strange == sorted(strange)
    assert strange[0] < 0.1


def test_with_no_voice_known_everybody_is_a_stranger() -> None:
    assert posterior(np.zeros(0), 3.0, 3.0, np.zeros(0), 0.77).tolist() == [1.0]
