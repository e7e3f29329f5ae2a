"""Each time a keyword is said, and each told once, on one stream. Pure.

The same words are heard again and again: in every snapshot of an utterance that still goes on,
and once more as lines. Each time they are a little elsewhere, and some come and go. So what was
told of an utterance is paired off with what is found in it now; what is left over is new.

A line tells whatever is new in it. A snapshot is less reliable, its last words above all: it tells
what is likely, or what the snapshot before had as well. What waits is told by the line at last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from wallflower.alerts.matching import Said, letters_of
from wallflower.alerts.pairing import paired
from wallflower.domain.keywords import Keyword
from wallflower.domain.speech import Line, Utterance, Word
from wallflower.domain.times import WallTime

APART_S: Final = 1.5
"""The same word this far from where it was is another one. From one look to the next words move
by less than 0.3 s, one in a thousand by almost a second."""
JOIN_S: Final = 1.0
"""A phrase may go on over the end of a line, or of an utterance, after a pause this long."""
OPEN_S: Final = 0.15
"""A word that ends this near to the end of a snapshot may be half of one: `help` of `helpful`."""
LIKELY: Final = 0.3
"""A snapshot's words from this probability on are told. At 0.5 one word in twenty is told later
than 2.9 s after it was said, not 2.6 s; at 0 there are half as many false alarms again."""
LIKELY_OPEN: Final = 0.8
"""And those that may be half a word from this on: below, every second one becomes another."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A keyword, said once."""

    keyword: Keyword
    start: WallTime
    end: WallTime
    confidence: float
    """Mean probability of its words, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A word at its moment."""

    text: str
    start: WallTime
    end: WallTime
    probability: float


class Occurrences:
    """What there is to tell of `keywords` on one stream.

    Lines must come in the order they were said. A snapshot that comes after a line of its
    utterance is ignored.
    """

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._keywords = [_Tracked(keyword) for keyword in keywords]
        self._longest = max((len(each.letters) for each in self._keywords), default=1)
        self._before: list[_Heard] = []
        """The last words of lines: a phrase may have begun in them."""
        self._written: WallTime | None = None
        """Where the last line began."""

    def so_far(self, utterance: Utterance, words: Sequence[Word]) -> list[Occurrence]:
        """What is to be told of a snapshot of which `words` are the words."""
        if self._written is not None and utterance.start <= self._written:
            return []
        sound_end = utterance.start.plus(utterance.duration_s)
        return [
            news
            for tracked, found in self._found(_placed(words, utterance.start))
            for news in tracked.so_far(found, utterance.start, sound_end)
        ]

    def written(self, line: Line) -> list[Occurrence]:
        """What is to be told of a line."""
        heard = _placed(line.words, line.start)
        news = [
            each
            for tracked, found in self._found(heard)
            for each in tracked.written(found, line.end)
        ]
        self._before = [*self._joining(heard), *heard][-self._longest :]
        self._written = line.start
        return news

    def _found(self, heard: Sequence[_Heard]) -> Iterator[tuple[_Tracked, list[Occurrence]]]:
        """Where `heard` has each keyword: it may begin in the words before, but not end there."""
        before = self._joining(heard)
        words = [*before, *heard]
        said = Said(word.text for word in words)
        for tracked in self._keywords:
            places = said.places(tracked.letters)
            ending_here = [place for place in places if place.last >= len(before)]
            yield (
                tracked,
                [
                    _occurrence(tracked.keyword, words[place.first : place.last + 1])
                    for place in ending_here
                ],
            )

    def _joining(self, heard: Sequence[_Heard]) -> list[_Heard]:
        """The words before `heard`, unless a pause sets them apart."""
        if not self._before or not heard:
            return []
        pause_s = heard[0].start.seconds_since(self._before[-1].end)
        return self._before if pause_s <= JOIN_S else []


class _Tracked:
    """One keyword on one stream. An occurrence is known by where it ends."""

    def __init__(self, keyword: Keyword) -> None:
        self.keyword = keyword
        self.letters = letters_of(keyword.phrase)
        self._told: list[WallTime] = []
        """What snapshots told and no line has shown yet; rising."""
        self._doubted: list[WallTime] = []
        """What the last snapshot had and did not tell; rising."""

    def so_far(
        self, found: Sequence[Occurrence], start: WallTime, sound_end: WallTime
    ) -> list[Occurrence]:
        """What to tell of all that is `found` in a snapshot that begins at `start`."""
        new = _unknown(found, [at for at in self._told if at >= start])
        doubted = _unknown(new, self._doubted)
        news = [each for each in new if each not in doubted or _is_sure(each, sound_end)]
        self._doubted = [each.end for each in new if each not in news]
        self._told = sorted([*self._told, *(each.end for each in news)])
        return news

    def written(self, found: Sequence[Occurrence], line_end: WallTime) -> list[Occurrence]:
        """What to tell of all that is `found` in a line that ends at `line_end`."""
        known = paired([each.end for each in found], self._told, APART_S)
        shown = set(known.values())
        # What no line shows near to where it was told was a mistake, and is of no use any more.
        self._told = [
            at
            for number, at in enumerate(self._told)
            if number not in shown and line_end < at.plus(APART_S)
        ]
        return [each for number, each in enumerate(found) if number not in known]


def _unknown(found: Sequence[Occurrence], known: Sequence[WallTime]) -> list[Occurrence]:
    pairs = paired([each.end for each in found], known, APART_S)
    return [each for number, each in enumerate(found) if number not in pairs]


def _is_sure(found: Occurrence, sound_end: WallTime) -> bool:
    is_open = sound_end.seconds_since(found.end) < OPEN_S
    return found.confidence >= (LIKELY_OPEN if is_open else LIKELY)


def _occurrence(keyword: Keyword, words: Sequence[_Heard]) -> Occurrence:
    probability = sum(word.probability for word in words) / len(words)
    return Occurrence(keyword, words[0].start, words[-1].end, probability)


def _placed(words: Sequence[Word], start: WallTime) -> list[_Heard]:
    return [
        _Heard(word.text, start.plus(word.start_s), start.plus(word.end_s), word.probability)
        for word in words
    ]
