"""Made people whose truth is known: two covariances, drawn at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from wallflower.speakers.odds.calibration import Array, Calibration, unit
from wallflower.speakers.odds.fitting import Map, Trial, cost, fit_map, log_odds, ratios, with_odds

Numbers = npt.NDArray[np.int64]

DIMENSION = 24
LOUD, TELLING = slice(0, 6), slice(6, 14)
"""Where rooms move prints, and where voices differ."""


def people(count: int, rooms: int, seed: int) -> tuple[Array, Numbers]:
    """Prints in rooms, shape (count * rooms, dimension), and who each is of."""
    draw = np.random.default_rng(seed)
    voices = np.zeros((count, DIMENSION))
    voices[:, TELLING] = draw.normal(size=(count, 8)) * 0.5
    moments = draw.normal(size=(count, rooms, DIMENSION)) * 0.1
    moments[:, :, LOUD] += draw.normal(size=(count, rooms, 6)) * 0.8
    common = np.random.default_rng(0).normal(size=DIMENSION) * 2
    prints = unit(common + voices[:, None, :] + moments)
    return prints.reshape(-1, DIMENSION), np.repeat(np.arange(count), rooms)


def model(found: Map) -> Calibration:
    return Calibration(
        found.centre, found.directions, found.between, 0.7, (10.0, 20.0, 30.0), (1.0,) * 3, 0.0
    )


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    prints, who = people(40, 8, seed=1)
    return model(fit_map(prints.astype(np.float32), who))


def trials(seed: int, count: int = 600, contrast_db: float = 20.0) -> list[Trial]:
    prints, who = people(30, 4, seed)
    draw = np.random.default_rng(seed)
    made: list[Trial] = []
    while len(made) < count:
        one, other = draw.integers(len(who), size=2)
        same = bool(who[one] == who[other])
        if one != other and same == bool(len(made) % 2):
            heard, known = prints[[one, other]].astype(np.float32)
            made.append(Trial(heard, 3.5, contrast_db, known[None], np.array([3.5]), same))
    return made


def same_of(made: list[Trial]) -> npt.NDArray[np.bool_]:
    return np.array([trial.same for trial in made])


def share_right(scores: Array, made: list[Trial]) -> float:
    """How often a pair of one voice scores above a pair of two."""
    same = same_of(made)
    return float((scores[same][:, None] > scores[~same][None]).mean())


def test_the_map_sees_past_rooms(fitted: Calibration) -> None:
    made = trials(2)
    cosines = np.array([float(trial.heard @ trial.voice[0]) for trial in made])
    assert share_right(cosines, made) < 0.8
    assert share_right(ratios(fitted, made), made) > 0.97


def test_directions_come_by_how_much_they_tell(fitted: Calibration) -> None:
    assert (np.diff(fitted.between) <= 0).all()
    strength = np.abs(fitted.directions[:, 0])
    assert strength[TELLING].max() > 3 * strength[LOUD].max()


@pytest.mark.parametrize(
    ("count", "rooms"), [(1, 8), (5, 1)], ids=["one person", "one clip per person"]
)
def test_too_little_to_fit_is_refused(count: int, rooms: int) -> None:
    prints, who = people(count, rooms, seed=1)
    with pytest.raises(ValueError, match="several people"):
        fit_map(prints.astype(np.float32), who)


def test_odds_are_honest_on_people_never_seen(fitted: Calibration) -> None:
    seen, unseen = trials(2, 2000), trials(3, 2000)
    honest = with_odds(fitted, seen, ratios(fitted, seen))
    told, same = log_odds(honest, unseen), same_of(unseen)
    best = with_odds(honest, unseen, ratios(honest, unseen))
    assert cost(told, same) < cost(log_odds(best, unseen), same) + 0.02 < 0.4
    sure = np.abs(told) > np.log(9)
    assert ((told > 0) == same)[sure].mean() == pytest.approx(0.95, abs=0.05)
    assert sure.mean() > 0.5


def test_each_contrast_gets_odds_of_its_own(fitted: Calibration) -> None:
    """In noise the same ratio is worth less: half of those trials have a wrong answer."""
    draw = np.random.default_rng(4)
    clear = trials(5, 1500, contrast_db=30.0)
    noisy = [
        replace(trial, same=trial.same if draw.random() < 0.75 else not trial.same)
        for trial in trials(6, 1500, contrast_db=10.0)
    ]
    made = [*clear, *noisy]
    found = with_odds(fitted, made, ratios(fitted, made))
    assert found.scale_at(30.0) > 2 * found.scale_at(10.0) > 0


def test_cost_is_1_for_who_knows_nothing_and_0_for_who_knows() -> None:
    same = np.array([True, False, True, False])
    assert cost(np.zeros(4), same) == pytest.approx(1.0)
    assert cost(np.where(same, 50.0, -50.0), same) == pytest.approx(0.0)
    assert cost(np.where(same, -3.0, 3.0), same) > 4.0
