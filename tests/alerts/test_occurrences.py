"""Exactly one for each time it is said, whatever snapshots and lines make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.said import NOON, line, utterance, words_of
from wallflower.alerts.occurrences import Occurrences
from wallflower.domain.keywords import Keyword
from wallflower.domain.times import WallTime

HELP, ALARM, FIRE_ALARM = Keyword("help"), Keyword("alarm"), Keyword("fire alarm")


class Stream:
    """One stream, and the phrases that were told."""

    def __init__(self, *keywords: Keyword) -> None:
        self._occurrences = Occurrences(keywords or (HELP,))
        self.ends: list[WallTime] = []

    def so_far(self, text: str, start_s: float = 0.0, *, after_s: float = 0.5) -> list[str]:
        start = NOON.plus(start_s)
        snapshot = utterance(text, start, after_s=after_s)
        news = self._occurrences.so_far(snapshot, words_of(text))
        self.ends += [each.end for each in news]
        return [each.keyword.phrase for each in news]

    def line(self, text: str, start_s: float = 0.0, each_s: float = 0.4) -> list[str]:
        news = self._occurrences.written(line(text, NOON.plus(start_s), each_s=each_s))
        self.ends += [each.end for each in news]
        return [each.keyword.phrase for each in news]


def test_a_line_alone_tells() -> None:
    stream = Stream()
    assert stream.line("please help me") == ["help"]
    assert stream.line("no help", start_s=10) == ["help"]


def test_what_a_snapshot_told_neither_the_next_one_nor_the_line_tells_again() -> None:
    stream = Stream()
    assert stream.so_far("please help") == ["help"]
    assert stream.so_far("please help me out of") == []
    assert stream.line("please help me out of here") == []
    assert stream.line("nobody") == []


def test_words_that_move_are_the_same() -> None:
    stream = Stream()
    assert stream.so_far("please help me") == ["help"]
    assert stream.so_far("oh please help me") == []
    assert stream.line("oh oh please help me") == []


def test_saying_it_three_times_is_three() -> None:
    stream = Stream()
    assert stream.so_far("help") == ["help"]
    assert stream.so_far("help help help") == ["help", "help"]
    assert stream.line("help help help") == []
    assert stream.line("help help help", start_s=10) == ["help"] * 3


def test_what_only_the_line_has_is_told_then() -> None:
    stream = Stream()
    assert stream.so_far("help is here") == ["help"]
    assert stream.line("help is here to help") == ["help"]


def test_a_word_that_goes_and_comes_back_is_one() -> None:
    stream = Stream()
    assert stream.so_far("please help me") == ["help"]
    assert stream.so_far("please hell me now") == []
    assert stream.so_far("please help me now dear") == []
    assert stream.line("please help me now dear") == []


def test_a_word_that_was_told_by_mistake_hides_no_later_one() -> None:
    stream = Stream()
    assert stream.so_far("please help me") == ["help"]
    assert stream.line("please hold me and never ever go away") == []
    assert stream.line("help", start_s=5) == ["help"]


def test_the_last_word_of_who_talks_on_waits_unless_it_is_likely() -> None:
    stream = Stream()
    assert stream.so_far("you are very help?", after_s=0.0) == []
    assert stream.so_far("you are very helpful", after_s=0.0) == []
    assert stream.so_far("you are very helpful to help", after_s=0.0) == ["help"]


def test_an_unlikely_word_waits_for_the_next_snapshot() -> None:
    stream = Stream()
    assert stream.so_far("please help?? me") == []
    assert stream.so_far("please help?? me now") == ["help"]
    assert stream.line("please help me now") == []


def test_an_unlikely_word_waits_for_the_line() -> None:
    stream = Stream()
    assert stream.so_far("please help?? me") == []
    assert stream.line("please help?? me") == ["help"]


def test_unlikely_words_of_two_places_do_not_confirm_each_other() -> None:
    stream = Stream()
    assert stream.so_far("please help?? me") == []
    assert stream.so_far("please hold me and do not go away help??") == []


def test_every_keyword_is_told_on_its_own() -> None:
    stream = Stream(ALARM, FIRE_ALARM)
    assert stream.so_far("the fire alarm") == ["alarm", "fire alarm"]
    assert stream.line("the fire alarm and the alarm") == ["alarm"]


def test_a_phrase_over_two_lines_of_an_utterance_counts_once() -> None:
    stream = Stream(FIRE_ALARM)
    assert stream.so_far("it is the fire alarm I think") == ["fire alarm"]
    assert stream.line("it is the fire") == []
    assert stream.line("alarm I think", start_s=1.6) == []
    other = Stream(FIRE_ALARM)
    assert other.line("it is the fire") == []
    assert other.line("alarm I think", start_s=1.6) == ["fire alarm"]


def test_a_phrase_over_a_cut_counts_once() -> None:
    stream = Stream(FIRE_ALARM)
    assert stream.so_far("it is the fire", after_s=0.0) == []
    assert stream.line("it is the fire") == []
    assert stream.so_far("alarm I think", start_s=1.7) == ["fire alarm"]
    assert stream.so_far("alarm I think so", start_s=1.7) == []
    assert stream.line("alarm I think so", start_s=1.7) == []


def test_a_phrase_does_not_reach_over_a_long_pause() -> None:
    stream = Stream(FIRE_ALARM)
    assert stream.line("it is the fire") == []
    assert stream.line("alarm I think", start_s=4.0) == []


def test_a_phrase_over_three_lines_counts() -> None:
    stream = Stream(Keyword("call the doctor"))
    assert stream.line("call", start_s=0.0) == []
    assert stream.line("the", start_s=0.5) == []
    assert stream.line("doctor", start_s=1.0) == ["call the doctor"]


def test_a_snapshot_after_the_line_is_ignored() -> None:
    stream = Stream()
    assert stream.line("please wait") == []
    assert stream.so_far("please help") == []


def test_the_next_utterance_may_be_heard_before_the_line_of_the_last() -> None:
    stream = Stream()
    assert stream.so_far("wait for help") == ["help"]
    assert stream.so_far("help is near", start_s=1.8) == ["help"]
    assert stream.line("wait for help") == []
    assert stream.line("help is near", start_s=1.8) == []


def test_it_says_when_and_how_sure() -> None:
    (found,) = Occurrences([FIRE_ALARM]).so_far(
        utterance("a fire alarm?"), words_of("a fire alarm?")
    )
    assert found.start == NOON.plus(0.7)
    assert found.end == NOON.plus(1.5)
    assert found.confidence == pytest.approx(0.7)


talk = st.lists(st.sampled_from(["help", "me", "please", "now"]), min_size=1, max_size=25)


@given(talk, st.data())
def test_as_often_as_it_is_said_however_it_is_looked_at(
    said: list[str], data: st.DataObject
) -> None:
    stream, told = Stream(), 0
    looks = data.draw(st.lists(st.integers(1, len(said)), max_size=6).map(sorted))
    for words in looks:
        told += len(stream.so_far(" ".join(said[:words]), after_s=0.0))
        assert told <= said[:words].count("help")
    stretch = data.draw(st.floats(0.38, 0.42))
    told += len(stream.line(" ".join(said), each_s=stretch))
    assert told == said.count("help")


@given(talk, st.data())
def test_as_often_as_it_is_said_however_it_is_cut_into_lines(
    said: list[str], data: st.DataObject
) -> None:
    stream = Stream()
    looked = data.draw(st.integers(0, len(said)))
    told = len(stream.so_far(" ".join(said[:looked]))) if looked else 0
    at = data.draw(st.integers(0, len(said)))
    for first, last in ((0, at), (at, len(said))):
        if first < last:
            told += len(stream.line(" ".join(said[first:last]), start_s=first * 0.4))
    assert told == said.count("help")
