"""Words get voices, and none gets lost on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timeline.said import START, transcript, turn, utterance, word
from wallflower.domain.speech import Line, Turn, Word
from wallflower.timeline import fuse


def told(lines: tuple[Line, ...]) -> list[tuple[int | None, str]]:
    return [(line.speaker.id if line.speaker else None, line.text) for line in lines]


def test_two_people_in_one_utterance_are_two_lines() -> None:
    said = transcript(
        word("Shall", 0.2, 0.5),
        word("we?", 0.5, 0.9),
        word("Yes,", 1.6, 2.0),
        word("now.", 2.0, 2.4),
    )
    lines = fuse(utterance(), said, [turn(1, 0.1, 1.2), turn(2, 1.2, 2.5)])
    assert told(lines) == [(1, "Shall we?"), (2, "Yes, now.")]
    assert lines[1].start == START.plus(1.6)
    assert lines[1].end == START.plus(2.4)
    assert [(w.start_s, w.end_s) for w in lines[1].words] == [
        pytest.approx((0.0, 0.4)),
        pytest.approx((0.4, 0.8)),
    ]


def test_no_words_are_no_lines() -> None:
    assert fuse(utterance(), transcript(), [turn(1, 0, 3)]) == ()


def test_without_turns_there_is_one_line_of_nobody() -> None:
    said = transcript(word("Hello", 0.2, 0.5, 0.6), word("there.", 0.5, 0.9, 1.0))
    (line,) = fuse(utterance(), said, [])
    assert told((line,)) == [(None, "Hello there.")]
    assert line.confidence == pytest.approx(0.8)
    assert (line.stream_id, line.language, line.engine) == ("hall", "en", "test")


def test_a_word_in_a_gap_goes_to_the_nearest_turn() -> None:
    said = transcript(word("one", 0.0, 0.4), word("two", 1.4, 1.6), word("three", 3.0, 3.4))
    turns = [turn(1, 0.0, 1.0), turn(2, 2.8, 3.5)]
    assert told(fuse(utterance(), said, turns)) == [(1, "one two"), (2, "three")]


def test_turns_of_one_voice_are_one_line_with_their_mean_confidence() -> None:
    said = transcript(word("one", 0.0, 0.4), word("two", 2.0, 2.4))
    (line,) = fuse(utterance(), said, [turn(1, 0.0, 1.0, 0.6), turn(1, 1.5, 2.5, 1.0)])
    assert line.text == "one two"
    assert line.speaker is not None
    assert line.speaker.confidence == pytest.approx(0.8)


def test_a_single_short_word_does_not_flip_to_another_voice() -> None:
    said = transcript(word("I", 0.0, 0.4), word("am", 0.4, 0.7), word("here", 0.7, 1.3))
    turns = [turn(1, 0.0, 0.4), turn(2, 0.4, 0.7), turn(1, 0.7, 1.5)]
    assert told(fuse(utterance(), said, turns)) == [(1, "I am here")]


def test_a_yes_between_pauses_keeps_its_voice() -> None:
    said = transcript(word("So", 0.0, 0.4), word("yes", 0.9, 1.2), word("then", 1.7, 2.1))
    turns = [turn(1, 0.0, 0.6), turn(2, 0.6, 1.4), turn(1, 1.4, 2.2)]
    assert told(fuse(utterance(), said, turns)) == [(1, "So"), (2, "yes"), (1, "then")]


@pytest.mark.parametrize("edge_s", [0.45, 1.25])
def test_a_change_of_voice_moves_to_the_end_of_the_sentence(edge_s: float) -> None:
    said = transcript(
        word("Is", 0.0, 0.4),
        word("it?", 0.4, 0.8),
        word("It", 0.8, 1.2),
        word("is,", 1.2, 1.6),
        word("dear.", 1.6, 2.2),
    )
    turns = [turn(1, 0.0, edge_s), turn(2, edge_s, 2.2)]
    assert told(fuse(utterance(), said, turns)) == [(1, "Is it?"), (2, "It is, dear.")]


def test_a_change_of_voice_far_from_any_better_place_stays() -> None:
    said = transcript(
        word("Stop.", 0.0, 0.4),
        *(word(text, 0.4 + at * 0.4, 0.8 + at * 0.4) for at, text in enumerate("abcdef")),
    )
    turns = [turn(1, 0.0, 2.0), turn(2, 2.0, 3.0)]
    assert told(fuse(utterance(), said, turns)) == [(1, "Stop. a b c d"), (2, "e f")]


DURATION_S = 8.0
moments = st.floats(-1.0, DURATION_S + 1.0, allow_nan=False)
texts = st.sampled_from(["yes", "no,", "well.", "what?", "so", "…"])


@st.composite
def some_words(draw: st.DrawFn) -> tuple[Word, ...]:
    """Mostly as engines give them, sometimes out of order or out of the utterance."""
    times = draw(st.lists(st.tuples(moments, st.floats(-0.1, 1.5)), max_size=14))
    if draw(st.booleans()):
        times.sort()
    return tuple(
        Word(draw(texts), start_s, start_s + length_s, draw(st.floats(0.0, 1.0)))
        for start_s, length_s in times
    )


@st.composite
def some_turns(draw: st.DrawFn) -> list[Turn]:
    edges = sorted(draw(st.lists(moments, max_size=9, unique=True)))
    voices = draw(st.lists(st.integers(1, 3), min_size=len(edges), max_size=len(edges)))
    spoken = zip(voices, pairwise(edges), strict=False)
    return [turn(voice, *edge) for voice, edge in spoken if draw(st.integers(0, 4))]


@given(some_words(), some_turns())
def test_no_word_is_lost_doubled_or_moved(words: tuple[Word, ...], turns: list[Turn]) -> None:
    lines = fuse(utterance(DURATION_S), transcript(*words), turns)
    kept = [(each.text, each.probability) for line in lines for each in line.words]
    assert kept == [(each.text, each.probability) for each in words]
    assert [line.text for line in lines] == [" ".join(w.text for w in line.words) for line in lines]


@given(some_words(), some_turns())
def test_lines_are_in_order_and_inside_the_utterance(
    words: tuple[Word, ...], turns: list[Turn]
) -> None:
    lines = fuse(utterance(DURATION_S), transcript(*words), turns)
    for line in lines:
        assert START <= line.start <= line.end <= START.plus(DURATION_S)
        assert 0.0 <= line.confidence <= 1.0
        length_s = line.end.seconds_since(line.start)
        for each in line.words:
            assert 0.0 <= each.start_s <= each.end_s <= length_s + 1e-6
    assert all(one.start <= other.start for one, other in pairwise(lines))


@given(some_words(), some_turns())
def test_neighbouring_lines_have_different_speakers_from_the_turns(
    words: tuple[Word, ...], turns: list[Turn]
) -> None:
    lines = fuse(utterance(DURATION_S), transcript(*words), turns)
    voices = [line.speaker.id if line.speaker else None for line in lines]
    assert all(one != other for one, other in pairwise(voices))
    allowed: set[int | None] = {each.speaker.id for each in turns} if turns else {None}
    assert set(voices) <= allowed
