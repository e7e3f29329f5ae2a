from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.speakers.odds.test_fitting import people
from wallflower.domain.prints import Prints
from wallflower.domain.times import WallTime
from wallflower.domain.voices import HeardLine
from wallflower.speakers.odds.calibration import Calibration
from wallflower.speakers.odds.fitting import Trial, cost, fit_map, log_odds, ratios, with_odds
from wallflower.speakers.odds.refit import LEAST, MOST, OwnOdds, refit

NOON = WallTime(0)


def lines(seed: int, voices: int = 4, each: int = 5) -> list[HeardLine]:
    """Confirmed lines of made people."""
    prints, who = people(voices, each, seed)
    order = np.random.default_rng(seed).permutation(len(who))
    return [line(at, int(who[at]), prints[at]) for at in order]


def line(number: int, voice_id: int, print_: np.ndarray) -> HeardLine:
    windows = print_[None].astype(np.float32)
    prints = Prints("made", windows, np.array([0.0, 3.5]), np.zeros(1, bool), 20.0)
    return HeardLine(number, "hall", NOON, NOON, voice_id, True, prints)


def trials(told: list[HeardLine]) -> tuple[list[Trial], np.ndarray]:
    made = [
        Trial(
            one.prints.windows[0],
            3.5,
            20.0,
            other.prints.windows,
            np.array([3.5]),
            one.voice_id == other.voice_id,
        )
        for at, one in enumerate(told)
        for other in told[:at]
    ]
    return made, np.array([trial.same for trial in made])


@pytest.fixture(scope="module")
def shipped() -> Calibration:
    prints, who = people(40, 8, seed=1)
    found = fit_map(prints.astype(np.float32), who)
    model = Calibration(
        found.centre, found.directions, found.between, 0.7, (10.0, 30.0), (1.0, 1.0), 0.0
    )
    seen, _ = trials(lines(2, voices=30, each=4))
    return with_odds(model, seen, ratios(model, seen))


def judged(calibration: Calibration, seed: int) -> float:
    made, same = trials(lines(seed, voices=8, each=6))
    return cost(log_odds(calibration, made), same)


def test_odds_that_are_right_stay(shipped: Calibration) -> None:
    own = refit(shipped, lines(3))
    assert own.factor == pytest.approx(1.0, abs=0.15)
    assert own.shift == pytest.approx(0.0, abs=0.5)
    assert judged(own.on(shipped), 4) < judged(shipped, 4) + 0.02


@pytest.mark.parametrize("wrong", [OwnOdds(2.0, 0.0), OwnOdds(1.0, 2.5), OwnOdds(1.0, -2.5)])
def test_odds_that_are_wrong_are_mended(shipped: Calibration, wrong: OwnOdds) -> None:
    off = wrong.on(shipped)
    own = refit(off, lines(5, voices=6, each=12))
    assert judged(own.on(off), 6) < judged(off, 6) - 0.02


def test_the_more_lines_the_more_they_move(shipped: Calibration) -> None:
    off = OwnOdds(1.0, 2.5).on(shipped)
    told = lines(7, voices=5, each=20)
    moved = [-refit(off, told[:count]).shift for count in (LEAST, 20, 50, 100)]
    assert moved == sorted(moved)
    assert moved[0] < 1.0


def test_too_little_changes_nothing(shipped: Calibration) -> None:
    told = lines(8)
    one_person = [replace(each, voice_id=1) for each in told]
    all_differ = [replace(each, voice_id=number) for number, each in enumerate(told)]
    unconfirmed = [replace(each, confirmed=False) for each in told]
    nobodys = [replace(each, voice_id=None) for each in told]
    for few in ([], told[: LEAST - 1], one_person, all_differ, unconfirmed, nobodys):
        assert refit(shipped, few) == OwnOdds()


def test_only_the_last_lines_count(shipped: Calibration) -> None:
    told = lines(9, voices=6, each=5)
    old = [replace(each, voice_id=number % 7) for number, each in enumerate(told * 8)][:MOST]
    recent = (lines(10, voices=5, each=40))[:MOST]
    assert refit(shipped, [*old, *recent]) == refit(shipped, recent)
