from __future__ import annotations

import numpy as np
import pytest

from tests.audio.made import blocks, sound
from wallflower.audio import SilenceWatch
from wallflower.domain.speech import Pcm


def told(watch: SilenceWatch, pcm: Pcm) -> list[bool | None]:
    """What it says to each second of `pcm`."""
    return [watch.feed(block) for block in blocks(pcm, rest=16000)]


def test_tells_once_after_the_time_and_not_before() -> None:
    watch = SilenceWatch(after_s=3.0)
    assert told(watch, sound(("zero", 5.0))) == [None, None, True, None, None]
    assert watch.silent


def test_the_first_sound_ends_it() -> None:
    watch = SilenceWatch(after_s=2.0)
    pcm = sound(("zero", 3.0), ("quiet", 2.0), ("zero", 1.0))
    assert told(watch, pcm) == [None, True, None, False, None, None]
    assert not watch.silent


@pytest.mark.parametrize("level", [0, 3, -32768, 32765])
def test_a_constant_with_a_bit_of_dither_is_silence(level: int) -> None:
    dither = np.arange(48000) % 3
    watch = SilenceWatch(after_s=3.0)
    told(watch, (level + dither).astype(np.int16))
    assert watch.silent


def test_a_quiet_room_is_not_silence() -> None:
    assert told(SilenceWatch(after_s=1.0), sound(("quiet", 5.0))) == [None] * 5


def test_the_loudest_possible_sound_is_not_silence() -> None:
    square = np.tile(np.array([-32768, 32767], np.int16), 16000)
    assert told(SilenceWatch(after_s=0.5), square) == [None] * 2
