from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.speakers.prints import HALL, known, piece, somewhere_else, voice
from wallflower.domain.voices import Voice
from wallflower.speakers.odds.calibration import unit
from wallflower.speakers.online.scoring import LEARN_FROM_S, Piece, grown, posterior


def house(*true: int, stream: str = "hall", ago_s: float = 300.0) -> list[Voice]:
    return known(*(voice(number) for number in true), stream=stream, ago_s=ago_s)


@settings(deadline=None)  # how long it takes is the machine's business
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6),
    st.floats(0.1, 30.0),
    st.floats(5.0, 40.0),
)
def test_probabilities_sum_to_1(
    who: list[tuple[int, bool]], piece_s: float, contrast_db: float
) -> None:
    voices = [house(number, stream="hall" if here else "attic")[0] for number, here in who]
    place = replace(HALL, contrast_db=contrast_db)
    chances = posterior(piece(voice(1), piece_s), voices, place)
    assert chances.shape == (len(who) + 1,)
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()


@settings(deadline=None)
@given(st.floats(0.4, 20.0), st.sampled_from(["hall", "attic"]))
def test_a_likelier_print_never_makes_a_voice_less_likely(piece_s: float, stream: str) -> None:
    (one,) = house(1, stream=stream)
    own = one.prints[0].embedding
    chances = []
    for share in np.linspace(0.0, 1.0, 12, dtype=np.float32):
        mean = unit(share * own + (1 - share) * voice(2))
        chances.append(posterior(Piece(np.arange(1), mean, piece_s, piece_s), [one], HALL)[0])
    assert (np.diff(chances) >= -1e-6).all()


def test_short_pieces_are_hardly_ever_strangers() -> None:
    doubtful = unit(voice(1) + 0.8 * voice(3))
    strange = [
        posterior(piece(doubtful, 2.0, run_s), house(1, 2), HALL)[-1] for run_s in (0.3, 0.8, 4.0)
    ]
    assert strange == sorted(strange)
    assert strange[0] < 0.1 * strange[-1]


def test_the_better_a_house_is_known_the_rarer_are_new_voices() -> None:
    doubtful = piece(unit(voice(1) + 0.8 * voice(3)), 2.0)
    strange = [
        posterior(doubtful, known(voice(1), voice(2), speech_s=s), HALL)[-1] for s in (20, 200)
    ]
    assert strange[1] < strange[0]


def test_who_just_spoke_is_likelier() -> None:
    either = piece(unit(voice(1) + voice(2)), 1.0)
    before, after = (
        posterior(either, [*house(1, ago_s=ago_s), house(2)[0]], HALL)[0] for ago_s in (900.0, 2.0)
    )
    assert after / (1 - after) > 2 * before / (1 - before)


def test_with_no_voice_known_everybody_is_a_stranger() -> None:
    assert posterior(piece(voice(1), 3.0), [], HALL).tolist() == [1.0]


@pytest.mark.parametrize("room", range(5))
def test_a_voice_is_known_again_in_another_room(room: int) -> None:
    moved = somewhere_else(voice(2), room)
    assert posterior(piece(moved, 4.0), house(1, 2, 3, stream="attic"), HALL).argmax() == 1


@pytest.mark.parametrize("room", range(5))
def test_a_stranger_in_another_room_is_nobody_of_the_house(room: int) -> None:
    moved = somewhere_else(voice(8), room)
    assert posterior(piece(moved, 4.0), house(1, 2, 3, stream="attic"), HALL).argmax() == 3


def test_learning_is_weighted_and_bounded() -> None:
    old = house(1)[0].prints[0].embedding
    lesson = piece(voice(2), 4.0)
    little, much, more = (
        float(grown(old, seconds, lesson) @ old) for seconds in (4.0, LEARN_FROM_S, 5_000.0)
    )
    assert little < much
    assert much == pytest.approx(more)
    assert much < 1.0
    assert np.linalg.norm(grown(old, 4.0, lesson)) == pytest.approx(1.0)
