from __future__ import annotations

import pytest

from wallflower.asr.whisperlive.asking import Ask
from wallflower.asr.whisperlive.events import Completed, Missed, Segment, SoFar, Translated
from wallflower.asr.whisperlive.failures import Incomplete

OLD = Segment(0.0, 4.0, "of the last utterance")
MINE = Segment(10.5, 12.0, "mine")
PROBE = Segment(14.5, 15.5, "good morning everybody")


def texts(ask: Ask) -> list[str] | None:
    return [segment.text for segment in ask.answer.result()] if ask.answer.done() else None


async def test_the_first_text_of_its_sound_is_all_of_it() -> None:
    ask = Ask(10.0, 13.0)
    ask.take(SoFar(None))
    ask.take(Completed(OLD))
    ask.take(SoFar(None))
    assert texts(ask) is None
    ask.take(SoFar(MINE))
    assert texts(ask) == ["mine"]
    ask.take(SoFar(Segment(10.5, 12.0, "mine, revised")))
    assert texts(ask) == ["mine"]


async def test_completed_and_unfinished_text_belong_together() -> None:
    ask = Ask(10.0, 13.0)
    ask.take(Completed(MINE))
    ask.take(SoFar(Segment(12.0, 12.8, "too")))
    assert texts(ask) == ["mine", "too"]


async def test_text_from_behind_it_only_means_that_nothing_was_said() -> None:
    ask = Ask(10.0, 13.0)
    ask.take(SoFar(PROBE))
    assert texts(ask) == []


async def test_a_translation_is_waited_for_until_all_of_it_is_there() -> None:
    ask = Ask(10.0, 13.0, translating=True)
    ask.take(SoFar(MINE))
    ask.take(Completed(MINE))
    ask.take(Completed(Segment(12.0, 12.8, "too")))
    ask.take(SoFar(None))
    ask.take(Translated(Segment(10.5, 12.0, "meins")))
    assert texts(ask) is None
    ask.take(Translated(Segment(12.0, 12.8, "auch")))
    assert texts(ask) == ["meins", "auch"]


async def test_silence_needs_no_translation() -> None:
    ask = Ask(10.0, 13.0, translating=True)
    ask.take(SoFar(PROBE))
    assert texts(ask) == []


async def test_lost_segments_fail_it_once() -> None:
    ask = Ask(10.0, 13.0)
    ask.take(Missed())
    ask.take(SoFar(MINE))
    with pytest.raises(Incomplete):
        ask.answer.result()
