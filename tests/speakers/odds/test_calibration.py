from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.speakers.odds.calibration import Calibration, Enrolled, Vectors, probability, unit


@pytest.fixture(scope="module")
def plain() -> Calibration:
    return Calibration.plain(64, 0.6)


def like(of: Vectors, cosine: float, seed: int) -> Vectors:
    """A print with that cosine to `of`."""
    away = np.random.default_rng(seed).normal(size=of.shape).astype(np.float32)
    away = unit(away - (away @ of) * of)
    return unit(np.float32(cosine) * of + np.float32(np.sqrt(1 - cosine**2)) * away)


def one(seed: int) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=64).astype(np.float32))


def odds(calibration: Calibration, heard_: Vectors, known: Enrolled, seconds: float = 3.5) -> float:
    return float(calibration.log_odds(heard_[None], np.array([seconds]), [known], 20.0)[0, 0])


def enrol(calibration: Calibration, *prints: Vectors, seconds: float = 3.5) -> Enrolled:
    return calibration.enrol(np.stack(prints), np.full(len(prints), seconds))


def test_the_more_alike_the_likelier_one_voice(plain: Calibration) -> None:
    known = enrol(plain, one(1))
    found = [odds(plain, like(one(1), cosine, 2), known) for cosine in np.linspace(-0.5, 1, 12)]
    assert found == sorted(found)
    assert probability(found[0]) < 0.01
    assert probability(found[-1]) > 0.99


def test_odds_do_not_ask_who_came_first(plain: Calibration) -> None:
    first, second = one(1), like(one(1), 0.5, 3)
    there = odds(plain, second, enrol(plain, first))
    assert odds(plain, first, enrol(plain, second)) == pytest.approx(there, abs=1e-3)


def test_more_speech_makes_surer_either_way(plain: Calibration) -> None:
    same, other = like(one(1), 0.9, 2), like(one(1), 0.0, 3)
    for speech, sign in ((same, 1), (other, -1)):
        told = [
            sign * odds(plain, speech, enrol(plain, one(1), seconds=seconds), seconds)
            for seconds in (0.5, 1.0, 3.0, 30.0)
        ]
        assert told == sorted(told)
        assert told[0] > 0


def test_a_voice_known_in_several_rooms_is_known_better(plain: Calibration) -> None:
    rooms = [like(one(1), 0.75, seed) for seed in range(20, 25)]
    new = like(one(1), 0.75, 30)
    told = [odds(plain, new, enrol(plain, *rooms[:count])) for count in (1, 2, 5)]
    assert told == sorted(told)


def test_how_loud_somebody_spoke_is_nothing_to_a_print(plain: Calibration) -> None:
    np.testing.assert_allclose(
        plain.project(one(1)[None] * 3), plain.project(one(1)[None]), rtol=1e-5
    )


def test_nobody_known_and_nothing_heard(plain: Calibration) -> None:
    assert plain.log_odds(one(1)[None], np.array([1.0]), []).shape == (1, 0)
    nothing = np.zeros((0, 64), np.float32)
    assert plain.log_odds(nothing, np.zeros(0), [enrol(plain, one(1))]).shape == (0, 1)


def test_many_at_once_are_as_one_by_one(plain: Calibration) -> None:
    prints = np.stack([one(seed) for seed in range(5)])
    seconds = np.array([0.4, 1.0, 2.0, 5.0, 20.0])
    known = [enrol(plain, like(one(seed), 0.7, seed + 50)) for seed in range(3)]
    together = plain.log_odds(prints, seconds, known, 20.0)
    alone = [
        [odds(plain, print_, each, spoken_s) for each in known]
        for print_, spoken_s in zip(prints, seconds.tolist(), strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


def test_an_unknown_room_counts_as_the_worst() -> None:
    known = Calibration.plain(64, 0.6)
    rooms = Calibration(
        known.centre, known.directions, known.between, 0.7, (10.0, 30.0), (0.1, 0.3), 0.0
    )
    assert rooms.scale_at(None) == rooms.scale_at(5.0) == 0.1
    assert rooms.scale_at(20.0) == pytest.approx(0.2)
    assert rooms.scale_at(60.0) == 0.3


@given(st.floats(-1e6, 1e6))
def test_a_probability_is_one(log_odds: float) -> None:
    assert 0.0 <= probability(log_odds) <= 1.0
    assert probability(log_odds) + probability(-log_odds) == pytest.approx(1.0)
