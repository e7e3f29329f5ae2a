from __future__ import annotations

import numpy as np
import pytest

from wallflower.speakers.hindsight.partitions import Array, Labels, partitions

BETWEEN = np.full(4, 9.0)
NOBODY = np.full(6, -1)


def points(*centres: float) -> Array:
    """One window per centre, at it in every direction, give or take a little."""
    noise = np.random.default_rng(0).normal(scale=0.1, size=(len(centres), 4))
    return np.array(centres)[:, None] + noise


def parted(found: list[Labels], count: int) -> list[set[int]]:
    """The groups of the parting into `count`."""
    (labels,) = (labels for labels in found if labels.max() + 1 == count)
    return [set(np.flatnonzero(labels == group).tolist()) for group in range(count)]


def test_what_sounds_alike_is_joined_first() -> None:
    talk = points(-3, 3, -3, 3, 0, 0)
    found = partitions(talk, np.ones(6), BETWEEN, NOBODY, most=3)
    assert [labels.max() + 1 for labels in found] == [3, 2, 1]
    assert parted(found, 3) == [{0, 2}, {1, 3}, {4, 5}]


def test_windows_of_one_owner_are_one_group_however_they_sound() -> None:
    owners = np.array([7, 7, -1, -1, -1, -1])
    found = partitions(points(-3, 3, -3, 3, 0, 0), np.ones(6), BETWEEN, owners, most=6)
    assert all(labels[0] == labels[1] for labels in found)


def test_windows_of_two_owners_never_meet() -> None:
    owners = np.array([1, 2, -1, -1, -1, -1])
    found = partitions(np.zeros((6, 4)), np.ones(6), BETWEEN, owners, most=6)
    assert all(labels[0] != labels[1] for labels in found)
    assert min(labels.max() + 1 for labels in found) == 2


def test_more_owners_than_groups_allowed_give_the_coarsest_parting() -> None:
    found = partitions(points(0, 1, 2), np.ones(3), BETWEEN, np.array([1, 2, 3]), most=2)
    assert [sorted(labels.tolist()) for labels in found] == [[0, 1, 2]]


@pytest.mark.parametrize("windows", [1, 2])
def test_little_speech(windows: int) -> None:
    found = partitions(points(*range(windows)), np.ones(windows), BETWEEN, NOBODY[:windows], 8)
    assert [labels.max() + 1 for labels in found] == list(range(windows, 0, -1))
