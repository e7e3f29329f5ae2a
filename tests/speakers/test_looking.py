from __future__ import annotations

import numpy as np
import pytest

from wallflower.speakers.looking import filled, first_look, second_look

ONE, OTHER = np.eye(2, dtype=np.float32)


@pytest.mark.parametrize(
    ("windows", "looked"),
    [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 2]), (4, [0, 2, 3]), (5, [0, 2, 4])],
)
def test_every_second_window_and_the_last_are_looked_at(windows: int, looked: list[int]) -> None:
    assert first_look(windows).tolist() == looked


def test_only_where_the_voice_changes_is_looked_at_again() -> None:
    looked = first_look(9)
    prints = np.stack([ONE, ONE, OTHER, OTHER, OTHER])
    assert second_look(looked, prints).tolist() == [3]


def test_neighbours_without_a_window_between_are_no_reason_to_look() -> None:
    assert second_look(first_look(4), np.stack([ONE, ONE, OTHER])).tolist() == []


def test_what_was_left_out_is_filled_with_the_mean_of_its_neighbours() -> None:
    near = np.array([0.8, 0.6], np.float32)
    every = filled(5, np.array([0, 2, 4, 3]), np.stack([ONE, near, OTHER, ONE]))
    middle = (ONE + near) / np.linalg.norm(ONE + near)
    np.testing.assert_allclose(every, np.stack([ONE, middle, near, ONE, OTHER]), atol=1e-6)
