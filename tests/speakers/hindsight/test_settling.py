from __future__ import annotations

import numpy as np

from wallflower.speakers.hindsight.settling import settle

BETWEEN = np.full(16, 4.0)
FREE = np.full(20, -1)
STAY = np.full(20, 0.9)


def talk() -> tuple[np.ndarray, np.ndarray]:
    """Two people, ten windows each, and who is who."""
    true = np.repeat([0, 1], 10)
    draw = np.random.default_rng(1)
    return draw.normal(size=(2, 16))[true] * 2 + draw.normal(size=(20, 16)), true


def test_windows_that_began_on_the_wrong_side_change_it() -> None:
    points, true = talk()
    begun = true.copy()
    begun[[3, 12, 15]] = 1 - begun[[3, 12, 15]]
    settled = settle(points, np.ones(20), BETWEEN, begun, FREE, STAY)
    assert settled.chances.argmax(axis=1).tolist() == true.tolist()
    np.testing.assert_allclose(settled.chances.sum(axis=1), 1.0)


def test_a_window_that_a_person_decided_stays() -> None:
    points, true = talk()
    begun, fixed = true.copy(), FREE.copy()
    begun[3], fixed[3] = 1, 42
    settled = settle(points, np.ones(20), BETWEEN, begun, fixed, STAY)
    assert settled.chances[3].argmax() == 1


def test_two_people_are_better_explained_by_two_voices_and_one_by_one() -> None:
    points, true = talk()
    one = np.zeros(20, np.int64)
    half = np.tile([0, 1], 10)

    def evidence(points: np.ndarray, labels: np.ndarray) -> float:
        return settle(points, np.ones(len(points)), BETWEEN, labels, FREE, STAY).evidence

    assert evidence(points, true) > evidence(points, one)
    alone = np.random.default_rng(2).normal(size=(20, 16))
    assert evidence(alone, one) > evidence(alone, half)


def test_one_odd_window_in_a_stretch_is_outvoted_by_its_neighbours() -> None:
    points, true = talk()
    points[4] = points.mean(axis=0)
    settled = settle(points, np.ones(20), BETWEEN, true, FREE, STAY)
    assert settled.chances[4].argmax() == 0
