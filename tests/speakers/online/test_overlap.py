from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import heard, known, stretch, voice
from wallflower.speakers.odds.calibration import unit
from wallflower.speakers.online.overlap import WELL_KNOWN_S, marked, overlapped

BOTH = np.stack([voice(1), voice(2), voice(3)])


def at_once(windows: int, share: float = 0.5) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return heard(unit(share * voice(1) + (1 - share) * voice(2)), windows, 4)


def test_windows_of_one_voice_are_not_marked() -> None:
    for number in (1, 2, 3):
        assert overlapped(heard(voice(number), 50, 3), BOTH).mean() <= 0.06


@pytest.mark.parametrize("share", [0.4, 0.5, 0.6])
def test_windows_of_two_voices_are_marked(share: float) -> None:
    assert overlapped(at_once(50, share), BOTH).mean() >= 0.5


def test_marks_need_two_voices_known_well_on_this_stream() -> None:
    said = stretch(at_once(6))
    people = known(voice(1), voice(2))
    assert marked(said, people, "hall").overlapped.any()
    for others in (
        [],
        people[:1],
        known(voice(1), voice(2), stream="attic"),
        known(voice(1), voice(2), speech_s=WELL_KNOWN_S - 1.0),
    ):
        assert not marked(said, others, "hall").overlapped.any()
