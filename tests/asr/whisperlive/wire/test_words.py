from __future__ import annotations

import pytest

from wallflower.asr.whisperlive.wire.events import Segment
from wallflower.asr.whisperlive.wire.sent import Sent
from wallflower.asr.whisperlive.wire.words import UNTOLD, between, spread, words_of
from wallflower.domain.speech import Word
from wallflower.domain.times import SAMPLE_RATE


def sent(*, before_s: float = 0.0, sound_s: float = 10.0) -> Sent:
    one = Sent()
    one.silence(int(before_s * SAMPLE_RATE))
    one.sound(int(sound_s * SAMPLE_RATE), 0.0)
    return one


def told(*words: tuple[str, float, float]) -> Segment:
    spoken = tuple(Word(text, start_s, end_s, 0.9) for text, start_s, end_s in words)
    text = " ".join(word.text for word in spoken)
    return Segment(spoken[0].start_s, spoken[-1].end_s, text, spoken)


def test_words_are_timed_in_the_utterance_not_on_the_connection() -> None:
    segments = [told(("Come", 21.0, 21.5), ("in.", 21.5, 22.0))]
    words = words_of(segments, sent(before_s=20), 0.2, 9.0)
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("Come", 1.0, 1.5),
        ("in.", 1.5, 2.0),
    ]
    assert words[0].probability == 0.9


def test_words_keep_within_the_speech_and_in_order() -> None:
    segments = [told(("a", 0.0, 1.0), ("b", 0.5, 0.7), ("c", 2.0, 9.0))]
    words = words_of(segments, sent(), 0.3, 4.0)
    assert [(word.start_s, word.end_s) for word in words] == [(0.3, 1.0), (1.0, 1.0), (2.0, 4.0)]


def test_without_word_times_each_word_gets_its_share_by_its_letters() -> None:
    words = spread(Segment(1.0, 3.0, "to the moon"))
    assert [word.text for word in words] == ["to", "the", "moon"]
    assert [word.start_s for word in words] == pytest.approx([1.0, 1 + 4 / 9, 1 + 10 / 9])
    assert words[-1].end_s == pytest.approx(3.0)
    assert {word.probability for word in words} == {UNTOLD}
    assert list(spread(Segment(1.0, 1.0, ""))) == []


def test_what_lies_between_two_moments_is_parted_by_its_words() -> None:
    across = told(("before", 0.0, 1.0), ("mine", 2.0, 3.0), ("and", 3.0, 4.0), ("after", 6.0, 7.0))
    (mine,) = between([across], 1.5, 5.0)
    assert (mine.text, mine.start_s, mine.end_s) == ("mine and", 2.0, 4.0)
    assert between([across], 10.0, 11.0) == []
    assert between([across], 0.0, 8.0) == [across]


def test_without_word_times_a_segment_is_where_its_middle_is() -> None:
    one = Segment(0.0, 4.0, "hello")
    assert between([one], 1.0, 3.0) == [one]
    assert between([one], 2.5, 5.0) == []
