from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.prints import both, heard, known, piece, somewhere_else, voice
from wallflower.speakers.scoring import (
    LEARN_FROM_S,
    Known,
    Piece,
    grown,
    posterior,
    reliability,
    scores,
    strangers_score,
    unit,
)

STRANGERS = 0.77
LONG_AGO_S = 300.0


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
    assert (np.diff(values) > -1e-12).all()
    assert values[-1] > 0.99 > values[0]


def test_strangers_are_more_alike_in_noise() -> None:
    values = [strangers_score(contrast) for contrast in (0.0, 8.0, 12.0, 20.0, 40.0)]
    assert values == sorted(values, reverse=True)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6),
    st.floats(0.1, 30.0),
    st.floats(0.0, 1000.0),
    st.floats(0.7, 0.85),
)
def test_probabilities_sum_to_1(
    who: list[tuple[int, bool]], piece_s: float, heard_s: float, strangers: float
) -> None:
    voices = known(*(voice(number) for number, _ in who))
    voices = Known(voices.prints, voices.speech_s, np.array([here for _, here in who], bool))
    chances = posterior(piece(voice(1), piece_s), voices, strangers, heard_s)
    assert chances.shape == (len(who) + 1,)
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()


@given(st.floats(0.4, 20.0), st.booleans(), st.floats(0.0, 1000.0))
def test_a_better_score_never_makes_a_voice_less_likely(
    piece_s: float, here: bool, heard_s: float
) -> None:
    voices = known(voice(1), here=here)
    own, other = voices.prints[0], unit(voice(2) - (voice(2) @ voices.prints[0]) * voices.prints[0])
    chances = []
    for cosine in np.linspace(0.75, 1.0, 20):
        mean = (cosine * own + np.sqrt(1 - cosine**2) * other).astype(np.float32)
        heard_now = Piece(np.arange(1), mean, piece_s, piece_s)
        chances.append(posterior(heard_now, voices, STRANGERS, heard_s)[0])
    assert (np.diff(chances) >= -1e-6).all()


def test_short_pieces_are_hardly_ever_strangers() -> None:
    voices = known(voice(1), voice(2))
    doubtful = unit(voice(1) + 0.8 * voice(3))
    strange = [
        posterior(piece(doubtful, 2.0, run_s), voices, STRANGERS, 0.0)[-1]
        for run_s in (0.3, 0.8, 1.5, 4.0)
    ]
    assert strange == sorted(strange)
    assert strange[0] < 0.3 * strange[-1]


def test_the_more_was_heard_the_rarer_are_new_voices() -> None:
    doubtful = piece(unit(voice(1) + 0.8 * voice(3)), 2.0)
    strange = [
        posterior(doubtful, known(voice(1), voice(2)), STRANGERS, heard_s)[-1]
        for heard_s in (0.0, 60.0, 150.0, 600.0)
    ]
    assert strange == sorted(strange, reverse=True)
    assert strange[-1] < strange[0]


def test_with_no_voice_known_everybody_is_a_stranger() -> None:
    assert posterior(piece(voice(1), 3.0), known(), STRANGERS, 0.0).tolist() == [1.0]


@pytest.mark.parametrize("room", range(5))
def test_a_voice_is_known_again_in_another_room(room: int) -> None:
    house = known(voice(1), voice(2), voice(3), here=False)
    moved = somewhere_else(voice(2), room)
    as_if_here = known(voice(1), voice(2), voice(3))
    assert posterior(piece(moved, 4.0), house, STRANGERS, 0.0).argmax() == 1
    assert posterior(piece(moved, 4.0), as_if_here, STRANGERS, 0.0).argmax() == 3


@pytest.mark.parametrize("room", range(5))
def test_a_stranger_in_another_room_is_nobody_of_the_house(room: int) -> None:
    house = known(voice(1), voice(2), voice(3), here=False)
    moved = somewhere_else(voice(8), room)
    assert posterior(piece(moved, 4.0), house, STRANGERS, 0.0).argmax() == 3


def test_where_somebody_was_heard_before_counts_more_than_the_house() -> None:
    voices = both(known(voice(1)), known(voice(1), here=False))
    chances = posterior(piece(voice(1), 3.0), voices, STRANGERS, LONG_AGO_S)
    assert chances.argmax() == 0


def test_learning_is_weighted_and_bounded() -> None:
    old = known(voice(1)).prints[0]
    lesson = piece(voice(2), 4.0)
    little, much, more = (
        float(grown(old, seconds, lesson) @ old) for seconds in (4.0, LEARN_FROM_S, 5_000.0)
    )
    assert little < much
    assert much == pytest.approx(more)
    assert much < 1.0
    assert np.linalg.norm(grown(old, 4.0, lesson)) == pytest.approx(1.0)
