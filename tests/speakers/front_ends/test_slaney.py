"""Its numbers are compared with Resemblyzer's in test_export."""

from __future__ import annotations

import numpy as np

from tests.speakers.made import spoken
from wallflower.speakers.features import mel_spectrogram, raising_gain
from wallflower.speakers.front_ends import SlaneyPower


def test_each_window_is_raised_by_itself() -> None:
    loud, faint = spoken("low", 0.5, level=0.3), spoken("high", 0.5, level=0.003)
    found = SlaneyPower().features([loud, faint])
    assert found.shape == (2, 50, 40)
    for mel, pcm in zip(found, (loud, faint), strict=True):
        np.testing.assert_array_equal(mel, mel_spectrogram(pcm, raising_gain(pcm))[:50])
