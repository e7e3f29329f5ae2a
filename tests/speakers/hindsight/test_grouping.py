from __future__ import annotations

import numpy as np
import pytest

from tests.speakers.prints import CALIBRATION, heard, stretch, voice
from wallflower.domain.prints import Prints
from wallflower.speakers.hindsight.grouping import Groups, Stretch, grouped


def said(person: int, windows: int = 5, seed: int = 0, owner: int = -1) -> Stretch:
    return Stretch(stretch(heard(voice(person), windows, seed=seed)), owner)


def whose(groups: Groups) -> list[int]:
    """The group of each stretch, all of whose windows must agree."""
    best = [set(chances.argmax(axis=1).tolist()) for chances in groups.chances]
    assert all(len(each) == 1 for each in best)
    return [group for (group,) in best]


@pytest.mark.parametrize("people", [1, 2, 3, 4])
def test_finds_how_many_people_talk(people: int) -> None:
    talk = [said(turn % people, seed=turn) for turn in range(6 * people)]
    groups = grouped(talk, CALIBRATION)
    assert len(groups.means) == people
    found = whose(groups)
    assert found == [found[turn % people] for turn in range(6 * people)]
    np.testing.assert_allclose(groups.speech_s, 6 * 4.0, rtol=0.01)


def test_a_change_of_voice_inside_a_stretch_is_found() -> None:
    both = np.concatenate([heard(voice(0), 4, seed=7), heard(voice(1), 4, seed=8)])
    talk = [*(said(turn % 2, seed=turn) for turn in range(10)), Stretch(stretch(both))]
    best = grouped(talk, CALIBRATION).chances[-1].argmax(axis=1).tolist()
    assert best[:4] == best[:1] * 4
    assert best[4:] == best[4:5] * 4
    assert best[0] != best[4]


def test_what_a_person_decided_parts_even_one_voice() -> None:
    talk = [said(0, seed=turn, owner=10 + turn % 2) for turn in range(6)]
    groups = grouped(talk, CALIBRATION)
    assert sorted(groups.owners) == [10, 11]
    found = whose(groups)
    assert [groups.owners[group] for group in found] == [10, 11] * 3


def test_a_window_with_two_voices_goes_with_its_own_stretch() -> None:
    talk = [said(turn % 2, seed=turn) for turn in range(10)]
    clean = talk[5].prints
    first = np.array([True, False, False, False, False])
    talk[5] = Stretch(Prints("test", clean.windows, clean.edges_s, first, 17.0))
    found = whose(grouped(talk, CALIBRATION))
    assert found == [found[0], found[1]] * 5


def test_one_window_is_one_person() -> None:
    groups = grouped([said(0, windows=1)], CALIBRATION)
    assert (whose(groups), len(groups.means)) == ([0], 1)
