from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.speakers.said import person, said
from wallflower.domain.voices import HeardLine
from wallflower.speakers.hindsight.parting import parting

ANNA, BEN = person(1), person(2)


def lines(*turns: tuple[str, int], confirmed: frozenset[int] = frozenset()) -> list[HeardLine]:
    """Lines 0, 1, … of Anna (a) and Ben (b) with so many windows each."""
    return [
        said({"a": ANNA, "b": BEN}[who], windows, number=number, confirmed=number in confirmed)
        for number, (who, windows) in enumerate(turns)
    ]


def test_the_smaller_part_is_the_other_person_s() -> None:
    assert parting(lines(("a", 5), ("b", 4), ("a", 6), ("b", 3), ("a", 4))) == [1, 3]


def test_what_a_person_confirmed_stays() -> None:
    turns = (("a", 5), ("b", 4), ("a", 6), ("b", 3))
    assert parting(lines(*turns, confirmed=frozenset({1}))) == [0, 2]
    assert parting(lines(*turns, confirmed=frozenset({0, 1}))) == [3]


def test_too_little_cannot_be_parted() -> None:
    assert parting([]) == []
    assert parting(lines(("a", 5))) == []


def test_lines_that_sound_the_same_are_not_parted() -> None:
    one = said(ANNA)
    assert parting([one, one, one]) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 6)), max_size=8))
def test_some_stay_and_two_people_are_never_mixed(turns: list[tuple[str, int]]) -> None:
    gone = parting(lines(*turns))
    assert len(gone) < max(1, len(turns))
    if {who for who, _ in turns} == {"a", "b"}:
        assert len({turns[number][0] for number in gone}) == 1
