from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.asr.whisperlive.wire.sent import Sent
from wallflower.domain.times import SAMPLE_RATE


def test_time_on_the_connection_becomes_time_in_the_sound() -> None:
    sent = Sent()
    sent.silence(SAMPLE_RATE)
    sent.sound(2 * SAMPLE_RATE, 10.0)
    sent.silence(SAMPLE_RATE)
    sent.sound(SAMPLE_RATE, 60.0)
    assert sent.seconds == 5.0
    assert sent.source_s(1.5) == 10.5
    assert sent.source_s(4.25) == 60.25


def test_silence_belongs_to_the_sound_beside_it() -> None:
    sent = Sent()
    sent.silence(SAMPLE_RATE)
    sent.sound(SAMPLE_RATE, 10.0)
    sent.silence(SAMPLE_RATE)
    assert sent.source_s(0.2) == 10.0
    assert sent.source_s(2.9) == 11.0
    assert sent.source_s(99.0) == 11.0


def test_without_sound_there_is_no_time() -> None:
    sent = Sent()
    sent.silence(100)
    with pytest.raises(ValueError, match="no sound"):
        sent.source_s(0.0)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 50_000)), min_size=1),
    st.lists(st.floats(0, 1), min_size=2),
)
def test_order_is_kept_and_every_moment_lies_in_the_sound(
    parts: list[tuple[bool, int]], shares: list[float]
) -> None:
    sent, at_s = Sent(), 5.0
    sent.sound(100, at_s)
    for loud, samples in parts:
        if loud:
            at_s += 100.0
            sent.sound(samples, at_s)
        else:
            sent.silence(samples)
    moments = [sent.source_s(share * sent.seconds) for share in sorted(shares)]
    assert moments == sorted(moments)
    assert all(5.0 <= moment <= at_s + 50_000 / SAMPLE_RATE for moment in moments)
