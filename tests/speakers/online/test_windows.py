from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.made import START
from wallflower.domain.speech import Utterance
from wallflower.domain.times import SAMPLE_RATE
from wallflower.speakers.online.windows import HOP_S, SHORTEST_S, Speech

WINDOW = 16_000


def counted(duration_s: float, start_s: float, end_s: float) -> Utterance:
    """An utterance whose samples count up, so that windows show where they are from."""
    pcm = (np.arange(round(duration_s * SAMPLE_RATE)) % 32_000).astype(np.int16)
    return Utterance("hall", 1, pcm, START, start_s, end_s)


def speech_of(said: Utterance) -> Speech:
    speech = Speech.of(said, WINDOW)
    assert speech is not None
    return speech


@given(st.floats(0.0, 1.0), st.floats(SHORTEST_S + 0.001, 14.0))
def test_windows_tile_the_speech(start_s: float, speech_s: float) -> None:
    end_s = start_s + speech_s
    speech = speech_of(counted(end_s + 0.2, start_s, end_s))
    starts = speech.starts()
    edges_s = speech.edges_s(starts)
    assert len(edges_s) == len(starts) + 1
    assert edges_s[0] == pytest.approx(start_s, abs=1e-3)
    assert edges_s[-1] == pytest.approx(end_s, abs=1e-3)
    assert (np.diff(edges_s) > 0).all()
    assert {len(sound) for sound in speech.sound(starts)} == {WINDOW}
    assert (np.diff(starts) <= 1.31 * HOP_S * SAMPLE_RATE).all()


def test_windows_lie_in_the_speech() -> None:
    speech = speech_of(counted(3.0, 0.25, 2.75))
    sound = speech.sound(speech.starts())
    assert sound[0][0] == 0.25 * SAMPLE_RATE
    assert sound[-1][-1] == (2.75 * SAMPLE_RATE - 1) % 32_000


def test_speech_little_longer_than_a_window_has_one_in_its_middle() -> None:
    speech = speech_of(counted(2.0, 0.25, 1.45))
    (only,) = speech.sound(speech.starts())
    assert only[0] == 0.35 * SAMPLE_RATE
    assert speech.edges_s(speech.starts()).tolist() == [0.25, 1.45]


def test_short_speech_is_repeated() -> None:
    (only,) = speech_of(counted(2.0, 0.5, 0.9)).sound(np.array([0]))
    speech = counted(2.0, 0.5, 0.9).pcm[8_000:14_400]
    np.testing.assert_array_equal(only, np.resize(speech, WINDOW))


def test_hardly_any_speech_is_none() -> None:
    assert Speech.of(counted(2.0, 0.5, 0.79), WINDOW) is None


def test_an_utterance_shorter_than_it_says_is_taken_as_it_is() -> None:
    speech = speech_of(counted(1.0, -0.5, 3.0))
    assert speech.edges_s(speech.starts()).tolist() == [0.0, 1.0]
