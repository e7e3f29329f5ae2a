from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.made import spoken
from wallflower.speakers import Encoder
from wallflower.speakers.clips import clip_prints, without_pauses

SILENCE = np.zeros(16_000, np.int16)


def test_a_clip_is_looked_at_in_windows(encoder: Encoder) -> None:
    prints = clip_prints(encoder, spoken("low", 3.0))
    assert prints is not None
    assert prints.encoder == encoder.name
    assert prints.windows.shape == (6, encoder.dimension)
    assert prints.edges_s[0] == 0.0
    assert prints.edges_s[-1] == pytest.approx(3.0, abs=0.1)
    assert not prints.overlapped.any()
    assert (prints.windows @ prints.windows[0]).min() > 0.7


def test_pauses_are_left_out(encoder: Encoder) -> None:
    clip = np.concatenate([SILENCE, spoken("low", 1.0), SILENCE, spoken("low", 1.0), SILENCE])
    assert len(without_pauses(clip)) / 16_000 == pytest.approx(2.0, abs=0.3)
    prints, bare = clip_prints(encoder, clip), clip_prints(encoder, spoken("low", 2.0))
    assert prints is not None
    assert bare is not None
    assert prints.speech_s == pytest.approx(2.0, abs=0.3)
    one, other = (each.mean()[0] for each in (prints, bare))
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.9


def test_speech_shorter_than_a_window_is_enough(encoder: Encoder) -> None:
    prints = clip_prints(encoder, spoken("low", 0.5))
    assert prints is not None
    assert len(prints.windows) == 1
    assert prints.speech_s == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    "pcm",
    [SILENCE[:0], SILENCE[:100], SILENCE, spoken("low", 0.2)],
    ids=["empty", "a click", "silence", "a syllable"],
)
def test_too_little_speech_is_no_clip(encoder: Encoder, pcm: np.ndarray) -> None:
    assert clip_prints(encoder, pcm) is None
