from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wallflower.asr.embedded.pieces import MAX_S, pieces
from wallflower.domain.times import SAMPLE_RATE


def test_what_fits_stays_whole() -> None:
    pcm = np.ones(int(MAX_S * SAMPLE_RATE), np.int16)
    ((first, part),) = pieces(pcm)
    assert first == 0
    assert part is not None
    assert len(part) == len(pcm)


def test_a_long_one_is_cut_in_its_pause() -> None:
    pcm = np.random.default_rng(1).integers(-9000, 9000, 40 * SAMPLE_RATE).astype(np.int16)
    pcm[21 * SAMPLE_RATE : int(21.4 * SAMPLE_RATE)] //= 100
    (_, first), (cut, second) = pieces(pcm)
    assert 21.0 < cut / SAMPLE_RATE < 21.4
    assert len(first) == cut
    assert len(first) + len(second) == len(pcm)


@given(st.floats(0, 100))
def test_no_sample_is_lost_and_no_piece_too_long(seconds: float) -> None:
    pcm = np.arange(int(seconds * SAMPLE_RATE), dtype=np.int64).astype(np.int16)
    parts = pieces(pcm)
    assert np.array_equal(np.concatenate([part for _, part in parts]), pcm)
    assert all(len(part) <= MAX_S * SAMPLE_RATE for _, part in parts)
    assert [first for first, _ in parts] == [
        sum(len(part) for _, part in parts[:number]) for number in range(len(parts))
    ]
