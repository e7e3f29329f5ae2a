from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallflower.domain.speech import Word
from wallflower.store.rows.lines import pack_words, unpack_words
from wallflower.store.rows.plain import clean, folded

WORDS = st.lists(
    st.builds(
        Word,
        st.text(),
        st.floats(-1e6, 1e6),
        st.floats(-1e6, 1e6),
        st.floats(0, 1),
    ),
    max_size=5,
)


@given(WORDS)
def test_words_are_kept_to_the_millisecond_and_stay_so(words: list[Word]) -> None:
    packed = pack_words(words)
    kept = unpack_words(packed)
    assert pack_words(kept) == packed
    for word, back in zip(words, kept, strict=True):
        assert back.text == clean(word.text)
        assert back.start_s == pytest.approx(word.start_s, abs=0.0011)
        assert back.end_s == pytest.approx(word.end_s, abs=0.0021)
        assert back.probability == pytest.approx(word.probability, abs=0.0006)


def test_words_take_little_room() -> None:
    words = [Word("morning", 1.234, 1.567, 0.987)] * 10
    assert len(pack_words(words)) <= 10 * 26


@pytest.mark.parametrize("packed", ["", "[", "[1]", "{}x", '[["a", 1, 2]]', '[["a", "b", 1, 2]]'])
def test_what_is_no_words_is_told(packed: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        unpack_words(packed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "ANNA"), (" Anna  Maria ", "anna maria"), ("Straße", "STRASSE"), ("Ｋüche", "küche")],
)
def test_names_people_would_call_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)
