from __future__ import annotations

from tests.publish.rig import NOON, a_line
from wallflower.domain.speech import Line, SpeakerRef
from wallflower.publish.starts import LATE_S, PAUSE_S, Starts


def said(at_s: float, voice: int, stream_id: str = "hall", *, sure: bool = True) -> Line:
    """Two words: one second."""
    ref = SpeakerRef(voice, f"Voice {voice}", known=False, confidence=0.9, sure=sure)
    return a_line("Hello there", at_s=at_s, stream_id=stream_id, speaker=ref)


def began(lines: list[Line]) -> list[float]:
    """When somebody began to talk, in seconds from noon."""
    starts = Starts()
    return [
        line.start.seconds_since(NOON) for line in lines if starts.begins(line, line.end.plus(1.0))
    ]


def test_each_of_two_who_talk_with_each_other_begins_once() -> None:
    assert began([said(at_s, voice=at_s // 3 % 2) for at_s in range(0, 120, 3)]) == [0, 3]


def test_after_a_pause_it_is_a_start_again() -> None:
    assert began([said(0, 1), said(1 + PAUSE_S, 1), said(3 + 2 * PAUSE_S, 1)]) == [
        0,
        3 + 2 * PAUSE_S,
    ]


def test_each_stream_for_itself() -> None:
    assert began([said(0, 1), said(1, 1, "kitchen"), said(2, 1)]) == [0, 1]


def test_a_guess_is_no_start_and_hides_none() -> None:
    assert began([said(0, 1, sure=False), said(3, 1), said(6, 1)]) == [3]


def test_nobody_in_particular_starts_nothing() -> None:
    assert began([a_line("Hm.")]) == []


def test_what_was_said_long_ago_is_no_news() -> None:
    starts = Starts()
    line = said(0, 1)
    assert not starts.begins(line, line.end.plus(LATE_S + 1))
    # It counts all the same: the voice talks on.
    assert not starts.begins(said(5, 1), NOON.plus(6.0))


def test_nothing_is_remembered_for_ever() -> None:
    starts = Starts()
    for voice in range(1000):
        starts.begins(said(voice * 60.0, voice), NOON.plus(voice * 60.0 + 2))
    assert len(starts._heard) == 1
