from __future__ import annotations

import numpy as np

from wallflower.speakers.front_ends import Waveform


def test_full_scale_is_1() -> None:
    found = Waveform().features([np.array([-32768, 0, 16384], np.int16)] * 2)
    assert found.dtype == np.float32
    assert found.tolist() == [[-1.0, 0.0, 0.5]] * 2
