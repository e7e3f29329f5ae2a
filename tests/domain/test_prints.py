"""What a stretch of windows says as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from wallflower.domain.prints import Prints


def made(overlapped: list[bool]) -> Prints:
    windows = np.eye(3, dtype=np.float32)
    return Prints("made", windows, np.array([0.0, 1.0, 1.5, 4.5]), np.array(overlapped), 20.0)


def test_windows_count_by_what_they_speak_for() -> None:
    mean, seconds = made([False, False, True]).mean()
    np.testing.assert_allclose(mean, np.array([2.0, 1.0, 0.0]) / 5**0.5, rtol=1e-6)
    assert seconds == 1.5


def test_where_two_talk_all_the_time_that_has_to_do() -> None:
    mean, seconds = made([True] * 3).mean()
    assert (mean > 0).all()
    assert np.linalg.norm(mean) == pytest.approx(1.0)
    assert seconds == 4.5
