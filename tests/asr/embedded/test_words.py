from __future__ import annotations

import itertools

import pytest
from faster_whisper.tokenizer import Tokenizer

from wallflower.asr.embedded.weights import Weights
from wallflower.asr.embedded.words import fitted, words_of
from wallflower.domain.speech import Word


@pytest.fixture
def tokenizer(weights: Weights) -> Tokenizer:
    return weights.tokenizer("en", "transcribe")


def read(text: str, tokenizer: Tokenizer) -> list[Word]:
    """Words of `text` when every token lasts half a second (25 states)."""
    tokens = tokenizer.encode(text)
    path = [(min(state // 25, len(tokens)), state) for state in range(25 * (len(tokens) + 1))]
    return words_of(tokens, path, [0.5] * len(tokens), tokenizer)


def test_words_follow_each_other_in_time(tokenizer: Tokenizer) -> None:
    words = read(" Open the door", tokenizer)
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("Open", 0.0, 0.5),
        ("the", 0.5, 1.0),
        ("door", 1.0, 1.5),
    ]


def test_punctuation_stays_with_its_word_but_takes_no_time(tokenizer: Tokenizer) -> None:
    words = read(" Well, go.", tokenizer)
    assert [word.text for word in words] == ["Well,", "go."]
    assert words[0].end_s == 0.5
    assert words[1].start_s == 1.0, "the comma lay between them"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a well-known thing", ["a", "well-known", "thing"]),
        (" I've 3,000 of it", ["I've", "3,000", "of", "it"]),
        (' he said "stop" twice', ["he", "said", '"stop"', "twice"]),
        (" the hippopotamuses", ["the", "hippopotamuses"]),
        (" Señor Müller", ["Señor", "Müller"]),
    ],
)
def test_words_are_those_between_spaces(
    text: str, expected: list[str], tokenizer: Tokenizer
) -> None:
    assert [word.text for word in read(text, tokenizer)] == expected


def test_no_tokens_no_words(tokenizer: Tokenizer) -> None:
    assert words_of([], [], [], tokenizer) == []


def test_a_piece_knows_where_it_begins(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode(" yes")
    (word,) = words_of(tokens, [(0, 10), (1, 20)], [0.9], tokenizer, 30.0)
    assert (word.start_s, word.end_s, word.probability) == (30.2, 30.4, 0.9)


def test_words_are_fitted_into_the_speech() -> None:
    words = [Word("a", 0.0, 1.0, 1.0), Word("b", 0.9, 2.0, 1.0), Word("c", 5.0, 9.0, 1.0)]
    inside = fitted(words, 0.5, 4.0)
    times = [time for word in inside for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[0] == 0.5
    assert times[-1] == 4.0
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(inside))
