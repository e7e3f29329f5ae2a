"""Where keywords lie in words, in many scripts and spellings."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from wallflower.alerts.matching import Place, Said, letters_of


def places(phrase: str, text: str) -> list[tuple[int, int]]:
    found = Said(text.split()).places(letters_of(phrase))
    return [(place.first, place.last) for place in found]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("help", "Help! Somebody help me.", [(0, 0), (2, 2)]),
        ("help help", "help help help help", [(0, 1), (2, 3)]),
        ("fire alarm", "a fire-alarm, a FIRE ALARM, a firealarm.", [(1, 1), (3, 4), (6, 6)]),
        ("fire-alarm", "a fire alarm", [(1, 2)]),
        ("alarm", "the fire alarm", [(2, 2)]),
        ("cafe", "Das Café", [(1, 1)]),
        ("café", "the cafe\u0301 and the cafe", [(1, 1), (4, 4)]),
        ("straße", "STRASSE", [(0, 0)]),
        ("STRASSE", "Straße", [(0, 0)]),
        ("Rauchmelder", "der Rauch Melder piept", [(1, 2)]),
        ("baby", "The baby's awake.", [(1, 1)]),
        ("baby", "the baby’s awake", [(1, 1)]),
        ("don't", "Don’t move", [(0, 0)]),
        ("dont", "don't", [(0, 0)]),
        ("l'eau", "De l’eau", [(1, 1)]),
        ("eau", "de l'eau", [(1, 1)]),
        ("911", "Call 9-1-1, call 911!", [(1, 1), (3, 3)]),
        ("yangın", "YANGIN var", [(0, 0)]),
        ("İmdat", "imdat!", [(0, 0)]),
        ("lódź", "Łódź", [(0, 0)]),
        ("пожар", "ПОЖАР!", [(0, 0)]),
        ("еще", "Ещё раз", [(0, 0)]),
        ("βοήθεια", "ΒΟΗΘΕΙΑ", [(0, 0)]),
        ("النجدة", "النَّجْدَة الآن", [(0, 0)]),
        ("עזרה", "עֶזְרָה", [(0, 0)]),
        ("मदद", "मुझे मदद चाहिए", [(1, 1)]),
        ("불이야", "여기 불이야!", [(1, 1)]),
        ("救命", "快来 救 命 啊", [(1, 2)]),
        ("助けて", "誰か助けてください", [(0, 0)]),
        ("ﾌﾞｻﾞｰ", "ブザーが鳴る", [(0, 0)]),
        ("ช่วยด้วย", "ใครก็ได้ ช่วยด้วยครับ", [(1, 1)]),
    ],
)  # fmt: skip
def test_it_is_there(phrase: str, text: str, expected: list[tuple[int, int]]) -> None:
    assert places(phrase, text) == expected


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("help", "helpful helping unhelp helpless"),
        ("fire alarm", "campfire alarm"),
        ("fire alarm", "fire alarms"),
        ("fire alarm", "fire the alarm"),
        ("alarm fire", "fire alarm"),
        ("मदद", "मददगार"),
        ("불", "불이야"),
        ("か", "が"),
        ("कि", "की"),
        ("ชวย", "ช่วย"),
        ("ก", "ก็"),
        ("救命", "救他的命"),
        ("911", "9112"),
    ],
)
def test_it_is_not_there(phrase: str, text: str) -> None:
    assert places(phrase, text) == []


words = st.lists(st.text(st.characters(exclude_categories=("Cs", "M")), max_size=8), max_size=6)
"""Without loose marks: one at the beginning of a word would belong to the word before."""


@given(st.text())
@example("ͅΙ")
@example("ΐ")
def test_letters_are_folded_once_and_for_all(text: str) -> None:
    assert letters_of(letters_of(text)) == letters_of(text)


@given(words, words, words)
def test_a_phrase_is_found_among_other_words(
    before: list[str], phrase: list[str], after: list[str]
) -> None:
    letters = letters_of(" ".join(phrase))
    assume(letters)
    found = list(Said([*before, " ".join(phrase), *after]).places(letters))
    assert found


@given(words, st.text(min_size=1, max_size=4))
def test_places_are_in_order_and_hold_the_letters(text: list[str], phrase: str) -> None:
    letters = letters_of(phrase)
    assume(letters)
    last = 0
    for place in Said(text).places(letters):
        assert last <= place.first <= place.last < len(text)
        last = place.last
        assert letters in "".join(letters_of(word) for word in text[place.first : place.last + 1])


def test_words_that_hold_no_letters_count() -> None:
    assert list(Said(["–", "help", "…"]).places("help")) == [Place(1, 1)]
