from __future__ import annotations

import pytest

from wallflower.asr.embedded.guard import (
    MAX_TOKENS,
    Evidence,
    Verdict,
    ceiling,
    compression,
    is_noise,
    judge,
    stutters,
)


def seen(no_speech: float = 0.05, tokens: int = 12, duration_s: float = 4.0) -> Evidence:
    return Evidence(no_speech, tokens, duration_s)


@pytest.mark.parametrize("text", ["Close the window, please.", "No, no, no, no!", "42", "Да."])
def test_speech_is_believed(text: str) -> None:
    assert judge(text, seen()) is Verdict.GOOD


@pytest.mark.parametrize("text", ["", " ", "...", " ♪♪ ", "?!"])
def test_punctuation_alone_is_nothing(text: str) -> None:
    assert judge(text, seen()) is Verdict.NOTHING


def test_a_loop_is_tried_again_where_there_was_speech() -> None:
    loop = "this is " * 20
    assert compression(loop) > 2.4
    assert judge(loop, seen()) is Verdict.LOOPING
    assert judge(loop, seen(no_speech=0.6)) is Verdict.NOTHING


def test_more_tokens_than_anyone_can_say_are_a_loop() -> None:
    text = "Twelve quick brown foxes jump over lazy dogs near the old mill."
    assert judge(text, seen(tokens=ceiling(4.0) - 1)) is Verdict.GOOD
    assert judge(text, seen(tokens=ceiling(4.0))) is Verdict.LOOPING


def test_the_ceiling_grows_with_the_speech_up_to_the_models_own() -> None:
    assert ceiling(1.0) < ceiling(5.0) < ceiling(20.0) <= ceiling(30.0) == MAX_TOKENS


def test_made_up_words_need_both_signs() -> None:
    assert is_noise(0.9, [0.5, 0.3])
    assert not is_noise(0.4, [0.9, 0.8]), "far away, but surely said"
    assert not is_noise(0.1, [0.2, 0.3]), "mumbled, but surely speech"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The best thing at hand. The best thing at hand.", True),
        ("The stomach may be removed entire, the stomach may be removed without", True),
        ("Come on now, come on now!", False),
        ("No, no, no, no!", False),
        ("One two three four five.", False),
        ("", False),
    ],
)
def test_a_phrase_said_twice_is_suspect(text: str, *, expected: bool) -> None:
    assert stutters(text) is expected
