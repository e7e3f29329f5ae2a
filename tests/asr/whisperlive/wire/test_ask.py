from __future__ import annotations

import pytest

from wallflower.asr.whisperlive.failures import Incomplete
from wallflower.asr.whisperlive.wire.ask import Ask
from wallflower.asr.whisperlive.wire.events import Completed, Missed, Segment, SoFar, Translated

OLD = Segment(0.0, 4.0, "of the last utterance")
MINE = Segment(10.5, 12.0, "mine")
PROBE = Segment(14.5, 15.5, "good morning everybody")


def texts(ask: Ask, *events: Completed | SoFar | Translated | Missed) -> list[str] | None:
    """What it says to the last of `events`; to those before, nothing yet."""
    *early, last = events
    assert [ask.take(event) for event in early] == [None] * len(early)
    answer = ask.take(last)
    return None if answer is None else [segment.text for segment in answer]


def test_the_first_text_of_its_sound_is_all_of_it() -> None:
    ask = Ask(10.0, 13.0)
    assert texts(ask, SoFar(None), Completed(OLD), SoFar(None)) is None
    assert texts(ask, SoFar(MINE)) == ["mine"]


def test_completed_and_unfinished_text_belong_together() -> None:
    ask = Ask(10.0, 13.0)
    assert texts(ask, Completed(MINE), SoFar(Segment(12.0, 12.8, "too"))) == ["mine", "too"]


def test_text_from_behind_it_only_means_that_nothing_was_said() -> None:
    assert texts(Ask(10.0, 13.0), SoFar(PROBE)) == []


def test_a_translation_is_waited_for_until_all_of_it_is_there() -> None:
    ask = Ask(10.0, 13.0, translating=True)
    too = Completed(Segment(12.0, 12.8, "too"))
    mine = Translated(Segment(10.5, 12.0, "meins"))
    assert texts(ask, SoFar(MINE), Completed(MINE), too, SoFar(None), mine) is None
    assert texts(ask, Translated(Segment(12.0, 12.8, "auch"))) == ["meins", "auch"]


def test_silence_needs_no_translation() -> None:
    assert texts(Ask(10.0, 13.0, translating=True), SoFar(PROBE)) == []


def test_lost_segments_fail_it() -> None:
    with pytest.raises(Incomplete):
        Ask(10.0, 13.0).take(Missed())
