from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.speakers.front_ends.compared import EVERY
from tests.speakers.made import windows_to_compare
from wallflower.speakers.front_ends import ReDimNet2

LONG_ENOUGH = [name for name, pcm in windows_to_compare().items() if len(pcm) >= 16_000]


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_it_is_what_the_package_computes(name: str) -> None:
    with np.load(Path(__file__).parent / "redimnet2.npz") as reference:
        expected = reference[name]
    found = ReDimNet2().features([windows_to_compare()[name]])[0, 0, :, ::EVERY]
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize(("samples", "frames"), [(16_000, 96), (25_600, 156), (32_000, 196)])
def test_frames_come_in_fours(samples: int, frames: int) -> None:
    found = ReDimNet2().features([np.ones(samples, np.int16)] * 2)
    assert found.shape == (2, 1, 72, frames)
    assert np.isfinite(found).all()
