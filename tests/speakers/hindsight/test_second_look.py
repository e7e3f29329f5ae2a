from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.speakers.conversation import line, revised, voices_of
from tests.speakers.prints import CALIBRATION
from wallflower.domain.voices import HeardLine, Revision
from wallflower.speakers.hindsight.second_look import second_look


def called(lines: list[HeardLine], revision: Revision) -> dict[int, int | None]:
    """What each line is called after `revision`."""
    return {line.id: line.voice_id for line in revised(lines, [], revision)[0]}


def is_nothing(revision: Revision) -> bool:
    return not (revision.lines or revision.merged or revision.prints)


def test_what_is_right_stays_as_it_is() -> None:
    lines = [line(number, number % 2, 1 + number % 2) for number in range(10)]
    assert is_nothing(second_look(lines, voices_of(lines), CALIBRATION))


def test_nothing_heard_changes_nothing() -> None:
    assert is_nothing(second_look([], [], CALIBRATION))


def test_a_fragment_goes_to_the_voice_it_is_part_of() -> None:
    lines = [line(number, 0, 1) for number in range(6)] + [line(6, 0, 2, windows=2)]
    revision = second_look(lines, voices_of(lines), CALIBRATION)
    assert called(lines, revision) == dict.fromkeys(range(7), 1)


def test_a_voice_that_is_two_people_is_parted() -> None:
    lines = [line(number, number % 2, 1) for number in range(12)]
    found = called(lines, second_look(lines, voices_of(lines), CALIBRATION))
    assert {found[number] for number in range(0, 12, 2)} != {found[1]}
    assert len({found[number] for number in range(0, 12, 2)}) == 1
    assert len({found[number] for number in range(1, 12, 2)}) == 1
    assert 1 in found.values()


def test_a_line_nobody_was_found_for_gets_its_voice() -> None:
    lines = [line(number, 0, 1) for number in range(5)] + [line(5, 0, None, windows=2)]
    (change,) = second_look(lines, voices_of(lines), CALIBRATION).lines
    assert (change.line_id, change.voice) == (5, 1)
    assert change.confidence > 0.9
    assert change.sure


def test_a_second_identical_look_changes_nothing() -> None:
    lines = [line(number, number % 3, 1 + number % 2) for number in range(24)]
    voices = voices_of(lines)
    first = second_look(lines, voices, CALIBRATION)
    assert first.lines
    lines, voices = revised(lines, voices, first)
    again = second_look(lines, voices, CALIBRATION)
    assert (again.lines, dict(again.merged)) == ((), {})


def test_what_a_person_decided_stays_and_pulls_the_rest_along() -> None:
    lines = [line(number, number % 2, 1) for number in range(12)]
    lines[1] = dataclasses.replace(lines[1], voice_id=9, confirmed=True)
    revision = second_look(lines, voices_of(lines, {9: "Anna"}), CALIBRATION)
    found = called(lines, revision)
    assert all(found[number] == 9 for number in range(1, 12, 2))
    assert all(found[number] == 1 for number in range(0, 12, 2))
    assert 1 not in {change.line_id for change in revision.lines}


def test_one_person_under_two_confirmed_names_stays_two() -> None:
    lines = [line(number, 0, 1 + number % 2, confirmed=True) for number in range(8)]
    voices = voices_of(lines, {1: "Anna", 2: "Ben"})
    assert is_nothing(second_look(lines, voices, CALIBRATION))


def test_a_name_survives_and_takes_its_fragments_in() -> None:
    lines = [line(number, 0, 3 if number > 1 else 5) for number in range(8)]
    voices = voices_of(lines, {5: "Anna"})
    revision = second_look(lines, voices, CALIBRATION)
    assert set(called(lines, revision).values()) == {5}


def test_one_person_on_two_streams_becomes_one_voice() -> None:
    lines = [line(number, 0, 1) for number in range(6)]
    lines += [line(number, 0, 2, stream="kitchen") for number in range(6, 12)]
    revision = second_look(lines, voices_of(lines), CALIBRATION)
    assert dict(revision.merged) == {2: 1}
    assert {print_.stream_id for print_ in revision.prints[1]} == {"hall", "kitchen"}
    assert set(called(lines, revision).values()) == {1}


def test_named_voices_never_go() -> None:
    lines = [line(number, 0, 1) for number in range(6)]
    lines += [line(number, 0, 2, stream="kitchen") for number in range(6, 12)]
    revision = second_look(lines, voices_of(lines, {1: "Anna", 2: "Ben"}), CALIBRATION)
    assert not revision.merged


def test_prints_follow_the_lines() -> None:
    lines = [line(number, number % 2, 1) for number in range(12)]
    voices = voices_of(lines)
    revision = second_look(lines, voices, CALIBRATION)
    (new,) = (number for number in revision.prints if number < 0)
    (mine,), (theirs,) = revision.prints[1], revision.prints[new]
    assert mine.speech_s == pytest.approx(theirs.speech_s) == pytest.approx(6 * 4.0)
    assert float(mine.embedding @ theirs.embedding) < 0.75


def test_windows_with_two_people_are_left_out() -> None:
    lines = [line(number, number % 2, 1 + number % 2) for number in range(10)]
    both = dataclasses.replace(lines[4].prints, overlapped=np.ones(5, np.bool_))
    lines[4] = dataclasses.replace(lines[4], prints=both, voice_id=2)
    revision = second_look(lines, voices_of(lines), CALIBRATION)
    assert 4 not in {change.line_id for change in revision.lines}
