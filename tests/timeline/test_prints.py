from __future__ import annotations

import numpy as np

from wallflower.domain.prints import Prints
from wallflower.domain.speech import SpeakerRef, Transcript, Turn, Utterance, Word
from wallflower.domain.times import WallTime
from wallflower.timeline import fuse, with_prints

HEARD = Utterance("hall", 1, np.zeros(80_000, np.int16), WallTime.from_seconds(1000), 0.5, 4.5)
PRINTS = Prints(
    "test",
    np.eye(8, dtype=np.float32),
    np.linspace(0.5, 4.5, 9),
    np.arange(8) == 3,
    20.0,
)
TURNS = (
    Turn(0.5, 2.5, SpeakerRef(1, "Anna", True, 0.9)),
    Turn(2.5, 4.5, SpeakerRef(2, "Ben", True, 0.8, sure=False)),
)
SAID = Transcript(
    (Word("Hello", 0.6, 1.6, 0.9), Word("you.", 1.6, 2.4, 0.9), Word("Hello.", 2.6, 4.4, 0.9)),
    "en",
    "test",
)


def test_each_line_has_its_part_counted_from_its_start() -> None:
    lines = with_prints(fuse(HEARD, SAID, TURNS), HEARD, PRINTS)
    first, second = (line.prints for line in lines)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.windows, PRINTS.windows[:4])
    np.testing.assert_allclose(first.edges_s, [-0.1, 0.4, 0.9, 1.4, 1.9], atol=1e-9)
    assert first.overlapped.tolist() == [False, False, False, True]
    assert first.contrast_db == 20.0
    np.testing.assert_array_equal(second.windows, PRINTS.windows[4:])
    np.testing.assert_allclose(second.edges_s, [-0.1, 0.4, 0.9, 1.4, 1.9], atol=1e-9)


def test_a_word_between_two_windows_has_the_nearer_one() -> None:
    short = Transcript((Word("Oh.", 2.05, 2.15, 0.9),), "en", "test")
    (line,) = with_prints(fuse(HEARD, short, TURNS), HEARD, PRINTS)
    assert line.prints is not None
    np.testing.assert_array_equal(line.prints.windows, PRINTS.windows[3:4])


def test_without_prints_lines_stay_as_they_are() -> None:
    lines = fuse(HEARD, SAID, TURNS)
    assert with_prints(lines, HEARD, None) == lines


def test_a_line_is_as_sure_as_most_of_its_words() -> None:
    assert [line.speaker and line.speaker.sure for line in fuse(HEARD, SAID, TURNS)] == [
        True,
        False,
    ]
