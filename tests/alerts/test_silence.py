"""Counting seconds without speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.alerts.silence import Silence


@pytest.fixture
def silence() -> Silence:
    silence = Silence(60.0)
    silence.listen(on=True, now_s=1000.0)
    return silence


def test_it_is_told_once_and_so_is_its_end(silence: Silence) -> None:
    assert silence.due(1059.0) is None
    assert silence.due(1061.0) == 61.0
    assert silence.due(1062.0) is None
    assert silence.speech(on=True, now_s=1090.0) == 90.0
    assert silence.speech(on=False, now_s=1095.0) is None
    assert silence.due(1154.0) is None
    assert silence.due(1155.0) == 60.0


def test_nobody_is_silent_who_talks_for_long(silence: Silence) -> None:
    assert silence.speech(on=True, now_s=1010.0) is None
    assert silence.due(5000.0) is None
    silence.speech(on=False, now_s=5000.0)
    assert silence.due(5059.0) is None
    assert silence.due(5060.0) == 60.0


def test_what_is_not_listened_to_is_not_silent(silence: Silence) -> None:
    silence.listen(on=False, now_s=1050.0)
    assert silence.due(9000.0) is None
    silence.listen(on=True, now_s=9000.0)
    assert silence.due(9059.0) is None
    assert silence.due(9060.0) == 60.0


def test_hearing_again_that_it_is_listened_to_changes_nothing(silence: Silence) -> None:
    silence.listen(on=True, now_s=1050.0)
    assert silence.due(1060.0) == 60.0


def test_a_silence_that_was_told_outlasts_a_pause_in_listening(silence: Silence) -> None:
    assert silence.due(1060.0) == 60.0
    silence.listen(on=False, now_s=1070.0)
    silence.listen(on=True, now_s=1100.0)
    assert silence.due(9000.0) is None
    assert silence.speech(on=True, now_s=9100.0) == 8100.0


@given(st.lists(st.tuples(st.sampled_from(["listen", "deaf", "talk", "hush"]), st.floats(0, 100))))
def test_silence_and_its_end_take_turns(steps: list[tuple[str, float]]) -> None:
    silence, now_s, told = Silence(60.0), 0.0, []
    for what, after_s in steps:
        now_s += after_s
        if silence.due(now_s) is not None:
            told.append(True)
        if what in ("listen", "deaf"):
            silence.listen(on=what == "listen", now_s=now_s)
        elif silence.speech(on=what == "talk", now_s=now_s) is not None:
            told.append(False)
    assert told == [number % 2 == 0 for number in range(len(told))]
