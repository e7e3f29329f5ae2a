"""From a server's segments to words with times in the utterance. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from wallflower.asr.whisperlive.wire.events import Segment
from wallflower.asr.whisperlive.wire.sent import Sent
from wallflower.domain.speech import Word

UNTOLD: Final = 0.5
"""Probability of a word whose server tells none."""


def words_of(segments: Iterable[Segment], sent: Sent, start_s: float, end_s: float) -> list[Word]:
    """All words of `segments`, in order, times in seconds of the source between `start_s` and
    `end_s`, where speech begins and ends in it.
    """
    words = []
    last_s = start_s
    for segment in segments:
        for word in segment.words or spread(segment):
            begin_s = min(max(sent.source_s(word.start_s), last_s), end_s)
            last_s = min(max(sent.source_s(word.end_s), begin_s), end_s)
            words.append(replace(word, start_s=begin_s, end_s=last_s))
    return words


def spread(segment: Segment) -> Sequence[Word]:
    """The words of a segment without word times: each gets its share of the time by its letters."""
    texts = segment.text.split()
    letters = sum(map(len, texts))
    per_letter_s = (segment.end_s - segment.start_s) / max(1, letters)
    words = []
    done = 0
    for text in texts:
        start_s = segment.start_s + done * per_letter_s
        done += len(text)
        words.append(Word(text, start_s, segment.start_s + done * per_letter_s, UNTOLD))
    return words


def between(segments: Iterable[Segment], first_s: float, last_s: float) -> list[Segment]:
    """What of `segments` was heard between two moments; one that lies across is parted by its
    words.
    """
    parts = []
    for segment in segments:
        if not segment.words:
            parts += [segment] if first_s <= _middle(segment) < last_s else []
            continue
        words = tuple(word for word in segment.words if first_s <= _middle(word) < last_s)
        if words == segment.words:
            parts.append(segment)
        elif words:
            text = " ".join(word.text for word in words)
            parts.append(Segment(words[0].start_s, words[-1].end_s, text, words))
    return parts


def _middle(stretch: Segment | Word) -> float:
    return (stretch.start_s + stretch.end_s) / 2
