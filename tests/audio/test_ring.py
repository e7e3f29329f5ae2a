from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.audio.ring import Ring


@given(st.integers(1, 50), st.lists(st.integers(0, 120), max_size=12), st.data())
def test_reads_what_was_written_last(capacity: int, sizes: list[int], data: st.DataObject) -> None:
    ring = Ring(capacity)
    everything = np.arange(sum(sizes), dtype=np.int16)
    at = 0
    for size in sizes:
        ring.append(everything[at : at + size])
        at += size
    assert ring.end == at
    assert ring.oldest == max(0, at - capacity)
    start = data.draw(st.integers(ring.oldest, at))
    end = data.draw(st.integers(start, at))
    np.testing.assert_array_equal(ring.read(start, end), everything[start:end])


@pytest.mark.parametrize("span", [(3, 8), (5, 11), (8, 7)], ids=["gone", "to come", "backwards"])
def test_what_it_does_not_hold_is_an_error(span: tuple[int, int]) -> None:
    ring = Ring(5)
    ring.append(np.arange(10, dtype=np.int16))
    with pytest.raises(IndexError):
        ring.read(*span)


def test_a_read_is_a_read_only_copy() -> None:
    ring = Ring(4)
    ring.append(np.array([1, 2, 3, 4], np.int16))
    read = ring.read(0, 4)
    ring.append(np.array([9, 9, 9, 9], np.int16))
    assert read.tolist() == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="read-only"):
        read[0] = 5


def test_clear_forgets_samples_and_goes_on_counting() -> None:
    ring = Ring(8)
    ring.append(np.arange(6, dtype=np.int16))
    ring.clear()
    assert (ring.oldest, ring.end) == (6, 6)
    ring.append(np.array([7], np.int16))
    assert ring.read(6, 7).tolist() == [7]
    with pytest.raises(IndexError):
        ring.read(5, 7)


def test_no_capacity_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity"):
        Ring(0)
