from __future__ import annotations

import numpy as np
import pytest

from tests.audio.made import blocks, sound
from wallflower.audio import SilenceWatch
from wallflower.domain.speech import Pcm


def told(watch: SilenceWatch, pcm: Pcm) -> list[bool]:
    return [watch.feed(block) for block in blocks(pcm, rest=16000)]


def test_tells_after_the_time_and_not_before() -> None:
    assert told(SilenceWatch(after_s=3.0), sound(("zero", 4.0))) == [False, False, True, True]


@pytest.mark.parametrize("level", [0, 3, -32768, 32765])
def test_a_constant_with_a_bit_of_dither_is_silence(level: int) -> None:
    dither = np.arange(48000) % 3
    assert told(SilenceWatch(after_s=3.0), (level + dither).astype(np.int16))[-1]


def test_a_quiet_room_is_not_silence() -> None:
    watch = SilenceWatch(after_s=1.0)
    assert not any(told(watch, sound(("quiet", 10.0))))


def test_the_loudest_possible_sound_is_not_silence() -> None:
    square = np.tile(np.array([-32768, 32767], np.int16), 16000)
    assert not any(told(SilenceWatch(after_s=0.5), square))


def test_the_first_sound_ends_it() -> None:
    watch = SilenceWatch(after_s=2.0)
    assert told(watch, sound(("zero", 3.0), ("quiet", 1.0), ("zero", 2.0))) == [
        False,
        True,
        True,
        False,
        False,
        True,
    ]
    assert watch.silent
