from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.audio.made import sound
from wallflower.audio.cutting import best_cut
from wallflower.audio.framing import FRAME

FRAME_S = FRAME / 16000


def test_cuts_in_the_middle_of_the_longest_pause() -> None:
    probabilities = np.full(40, 0.9, np.float32)
    probabilities[5:8] = 0.1
    probabilities[20:26] = 0.2
    probabilities[30:35] = 0.0
    assert best_cut(probabilities, sound(("loud", 40 * FRAME_S)), 0.35) == 23


def test_without_a_pause_it_cuts_where_it_is_quietest() -> None:
    pcm = sound(("loud", 20 * FRAME_S), ("half", 5 * FRAME_S), ("loud", 15 * FRAME_S))
    assert best_cut(np.full(40, 0.9, np.float32), pcm, 0.35) == 22


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60))
def test_always_cuts_at_one_of_the_frames(probabilities: list[float]) -> None:
    pcm = sound(("loud", len(probabilities) * FRAME_S))
    assert 0 <= best_cut(np.array(probabilities, np.float32), pcm, 0.35) < len(probabilities)
