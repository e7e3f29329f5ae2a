from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.made import START
from wallflower.domain.speech import Utterance
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.windows import HOP_S, SHORTEST_S, windows_of


def counted(duration_s: float, start_s: float, end_s: float) -> Utterance:
    """An utterance whose samples count up, so that windows show where they are from."""
    pcm = (np.arange(round(duration_s * SAMPLE_RATE)) % 32_000).astype(np.int16)
    return Utterance("hall", 1, pcm, START, start_s, end_s)


@given(st.floats(0.0, 1.0), st.floats(0.0, 14.0))
def test_shares_tile_the_speech(start_s: float, speech_s: float) -> None:
    end_s = start_s + speech_s
    windows = windows_of(counted(end_s + 0.2, start_s, end_s), 16_000)
    assert len(windows.edges_s) == len(windows.sound) + 1
    if not windows.sound:
        assert speech_s < SHORTEST_S + 1e-3
        return
    assert windows.edges_s[0] == pytest.approx(start_s, abs=1e-3)
    assert windows.edges_s[-1] == pytest.approx(end_s, abs=1e-3)
    assert (windows.shares_s > 0).all()
    assert {len(sound) for sound in windows.sound} == {16_000}
    inner = windows.shares_s[1:-1]
    assert (inner <= HOP_S + 1e-3).all()


def test_windows_lie_in_the_speech() -> None:
    windows = windows_of(counted(2.0, 0.25, 1.75), 16_000)
    assert windows.sound[0][0] == 0.25 * SAMPLE_RATE
    assert windows.sound[-1][-1] == 1.75 * SAMPLE_RATE - 1


def test_short_speech_is_repeated() -> None:
    (only,) = windows_of(counted(2.0, 0.5, 0.9), 16_000).sound
    speech = counted(2.0, 0.5, 0.9).pcm[8_000:14_400]
    np.testing.assert_array_equal(only, np.resize(speech, 16_000))


def test_an_utterance_shorter_than_it_says_is_taken_as_it_is() -> None:
    windows = windows_of(counted(1.0, -0.5, 3.0), 16_000)
    assert list(windows.edges_s) == [0.0, 1.0]
