"""Talk that is turned and repeated keeps its truth."""

from __future__ import annotations

import numpy as np

from wallflower.cli.bench.media import Talk
from wallflower.domain.times import SAMPLE_RATE


def talk() -> Talk:
    """Ten seconds; each second's samples are its number."""
    pcm = np.repeat(np.arange(10), SAMPLE_RATE).astype(np.int16)
    return Talk(pcm, ends_s=(2.0, 6.0, 9.0), starts_s=(1.0, 4.0, 8.0))


def test_a_turned_talk_forgets_the_sentence_it_cuts() -> None:
    turned = talk().begun_at(0.5)
    assert turned.pcm[0] == 5
    assert turned.spans_from(100.0) == [(103.0, 104.0), (106.0, 107.0)]
    # What is said at a place is the same as before: seconds 8 and 1.
    assert [turned.pcm[round(start * SAMPLE_RATE)] for start in turned.starts_s] == [8, 1]


def test_a_repeated_talk_repeats_its_truth() -> None:
    longer = talk().lasting(15.0)
    assert longer.length_s == 20.0
    assert longer.ends_s == (2.0, 6.0, 9.0, 12.0, 16.0, 19.0)
    assert longer.starts_s == (1.0, 4.0, 8.0, 11.0, 14.0, 18.0)
