from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audio.made import START, blocks, sound
from wallflower.audio.framing import STEP, Framer
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.times import MediaTime

PCM = sound(("loud", 1.0))


@given(st.lists(st.integers(0, 5000), max_size=20))
def test_steps_are_the_same_however_the_sound_comes_in_blocks(lengths: list[int]) -> None:
    framer = Framer()
    steps = [step for block in blocks(PCM, lengths) for step in framer.feed(block)]
    steps.append(framer.flush())
    assert [step.position for step in steps] == list(range(0, len(PCM), STEP))
    assert [step.last for step in steps] == [False] * (len(steps) - 1) + [True]
    np.testing.assert_array_equal(np.concatenate([step.pcm for step in steps]), PCM)


def test_each_sample_has_the_wall_time_of_its_block() -> None:
    framer = Framer()
    late = START.plus(10.0)
    list(framer.feed(PcmBlock(PCM[:3000].tobytes(), MediaTime(0), START)))
    list(framer.feed(PcmBlock(PCM[3000:6000].tobytes(), MediaTime.from_samples(3000), late)))
    assert framer.wall_at(2999) == START.plus(2999 / 16000)
    assert framer.wall_at(3000) == late
    assert framer.wall_at(3016) == late.plus(0.001)
    framer.forget(4000)
    assert framer.wall_at(4000) == late.plus(1000 / 16000)


def test_asking_for_a_time_before_any_block_is_an_error() -> None:
    with pytest.raises(LookupError):
        Framer().wall_at(0)


@pytest.mark.parametrize(
    ("media", "marked"),
    [(MediaTime.from_samples(3000), True), (MediaTime.from_samples(9000), False)],
    ids=["marked", "seen from media time"],
)
def test_a_gap_ends_the_step_before_it(media: MediaTime, *, marked: bool) -> None:
    framer = Framer()
    list(framer.feed(PcmBlock(PCM[:3000].tobytes(), MediaTime(0), START)))
    after = START.plus(1.0)
    tail, whole = framer.feed(PcmBlock(PCM[3000:6000].tobytes(), media, after, gap=marked))
    assert (tail.position, len(tail.pcm), tail.last) == (STEP, 3000 - STEP, True)
    assert (whole.position, len(whole.pcm), whole.last) == (3000, STEP, False)
    assert framer.wall_at(whole.position) == after


def test_media_time_that_is_a_little_off_is_no_gap() -> None:
    framer = Framer()
    list(framer.feed(PcmBlock(PCM[:STEP].tobytes(), MediaTime(0), START)))
    off = MediaTime.from_samples(STEP + 100)
    assert not any(step.last for step in framer.feed(PcmBlock(PCM[:STEP].tobytes(), off, START)))


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="element size"):
        list(Framer().feed(PcmBlock(b"abc", MediaTime(0), START)))
