from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.lines import print_of, prints, sample
from wallflower.store.rows.prints import (
    pack_embedding,
    print_columns,
    prints_from,
    sample_columns,
    sample_from,
    unpack_embedding,
    worth,
)


def test_a_voice_s_print_comes_back_bit_by_bit() -> None:
    centroid = print_of(3)
    back = unpack_embedding(pack_embedding(centroid))
    np.testing.assert_array_equal(back, centroid)
    assert back.flags.writeable


@given(seed=st.integers(0, 100), windows=st.integers(1, 30))
def test_a_line_s_prints_come_back_as_good_as_they_were(seed: int, windows: int) -> None:
    heard = replace(prints(seed, windows), overlapped=np.arange(windows) % 3 == 1)
    back = prints_from(print_columns(heard))
    assert (back.encoder, back.contrast_db) == (heard.encoder, heard.contrast_db)
    np.testing.assert_array_equal(back.edges_s, heard.edges_s)
    np.testing.assert_array_equal(back.overlapped, heard.overlapped)
    np.testing.assert_allclose(np.linalg.norm(back.windows, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(
        back.windows @ back.windows.T, heard.windows @ heard.windows.T, atol=1e-3
    )


def test_a_line_s_prints_take_little_room() -> None:
    columns = print_columns(prints(1, 10))
    assert sum(len(value) for value in columns.values() if isinstance(value, bytes)) < 5300


@pytest.mark.parametrize("column", ["windows", "edges", "overlapped"])
@pytest.mark.parametrize("spoilt", [b"", b"\xff" * 8, b"odd"])
def test_prints_that_do_not_fit_are_told(column: str, spoilt: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        prints_from(print_columns(prints()) | {column: spoilt})


def test_long_and_clear_and_undisturbed_is_worth_more() -> None:
    assert worth(prints(windows=8)) > worth(prints(windows=2))
    assert worth(prints(contrast_db=30)) > worth(prints(contrast_db=12))
    disturbed = replace(prints(), overlapped=np.array([True, True, False, False]))
    assert worth(prints()) > worth(disturbed) > 0
    assert 0 <= worth(replace(prints(), contrast_db=float("nan"))) < worth(prints())


def test_a_sample_comes_back() -> None:
    kept = sample()
    back = sample_from(sample_columns(1, kept))
    np.testing.assert_array_equal(back.pcm, kept.pcm)
    assert (back.stream_id, back.quality, back.at) == (kept.stream_id, kept.quality, kept.at)
