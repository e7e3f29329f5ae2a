"""Two rows of moments that are mostly the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.alerts.pairing import paired
from wallflower.domain.times import WallTime


def at(*seconds: float) -> list[WallTime]:
    return [WallTime.from_seconds(s) for s in seconds]


@pytest.mark.parametrize(
    ("found", "known", "pairs"),
    [
        ([], [1.0], {}),
        ([1.0], [], {}),
        ([1.1], [1.0], {0: 0}),
        ([2.6], [1.0], {}),
        ([1.0, 1.4, 1.8], [1.0], {0: 0}),
        ([1.0, 1.4, 1.8], [1.8], {2: 0}),
        ([1.8], [1.0, 1.4, 1.8], {0: 2}),
        # A row that moved as a whole is the same row.
        ([1.4, 1.8, 2.2], [1.0, 1.4, 1.8], {0: 0, 1: 1, 2: 2}),
        # A word that went and one that came are two.
        ([1.3, 2.8], [1.0, 1.4], {0: 1}),
    ],
)
def test_the_nearest_are_the_same(
    found: list[float], known: list[float], pairs: dict[int, int]
) -> None:
    assert paired(at(*found), at(*known), 1.5) == pairs


rows = st.lists(st.integers(0, 10_000), max_size=8).map(
    lambda row: at(*(ms / 1000 for ms in sorted(row)))
)


@given(rows, rows)
def test_pairs_rise_and_are_near(found: list[WallTime], known: list[WallTime]) -> None:
    pairs = paired(found, known, 1.5)
    assert list(pairs) == sorted(pairs)
    assert list(pairs.values()) == sorted(set(pairs.values()))
    assert all(abs(found[i].seconds_since(known[j])) <= 1.5 for i, j in pairs.items())


@given(rows)
def test_a_row_is_itself(row: list[WallTime]) -> None:
    assert paired(row, row, 1.5) == {number: number for number in range(len(row))}


@given(rows, rows)
def test_nothing_near_is_left_alone_on_both_sides(
    found: list[WallTime], known: list[WallTime]
) -> None:
    pairs = paired(found, known, 1.5)
    if not pairs:
        assert all(abs(f.seconds_since(k)) >= 1.5 for f in found for k in known)
