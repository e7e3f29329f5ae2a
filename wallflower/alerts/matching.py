"""Where keywords lie in what was said. Pure.

Speech has no capitals, commas or spaces; recognisers make them up, and not twice alike. So letters
are compared and nothing else: a keyword is there where all its letters stand in a row, from the
beginning of a word to the end of one. "Fire alarm" is thus heard in "fire-alarm" and in
"firealarm", but not in "campfire alarms". Every apostrophe and hyphen may be such a beginning or
end: "baby" is heard in "the baby's awake", "eau" in "l'eau". In scripts that set no spaces every
character may, because nothing in the text tells where words end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_STROKES: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i"})
"""Letters with a stroke or without a dot, which Unicode does not take apart."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # signs that repeat or number Chinese characters
    (0x3040, 0x30FF),  # Japanese
    (0x3400, 0x4DBF),  # Chinese characters
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Code points, both ends included, of scripts that set no spaces between words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase was found: the numbers of its first and its last word."""

    first: int
    last: int


def letters_of(text: str) -> str:
    """What is compared of `text`: its letters and digits, without case and accents.

    Marks that make another letter stay (が is not か, Thai tones, Hindi vowels); accents over and
    under letters go, and so do the vowel points of Arabic and Hebrew, which few people write.

    >>> letters_of("Café-Straße!")
    'cafestrasse'
    """
    return "".join(filter(_is_letter, _folded(text)))


class Said:
    """A row of words, ready to be searched."""

    def __init__(self, words: Iterable[str]) -> None:
        owners: list[int] = []
        letters: list[str] = []
        self._edges = {0}
        for number, word in enumerate(words):
            for letter in self._edged(word, letters):
                letters.append(letter)
                owners.append(number)
        self._edges.add(len(letters))
        self._letters = "".join(letters)
        self._owners = owners

    def places(self, letters: str) -> Iterator[Place]:
        """Where `letters` (of `letters_of`, at least one) stand, from left to right, none of them
        sharing a letter with the one before."""
        at = 0
        while (begin := self._letters.find(letters, at)) >= 0:
            end = begin + len(letters)
            if begin in self._edges and end in self._edges:
                yield Place(self._owners[begin], self._owners[end - 1])
                at = end
            else:
                at = begin + 1

    def _edged(self, word: str, before: Sequence[str]) -> Iterator[str]:
        """The letters of `word`, its beginnings and ends noted; `before` grows by each."""
        self._edges.add(len(before))
        for character in _folded(word):
            here = len(before)
            if not _is_letter(character):
                self._edges.add(here)
            elif unicodedata.category(character).startswith("M"):
                # It belongs to the letter before, whatever that is.
                self._edges.discard(here)
                yield character
                if _is_unspaced(character):
                    self._edges.add(here + 1)
            elif _is_unspaced(character):
                self._edges |= {here, here + 1}
                yield character
            else:
                yield character


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(character for character in apart if not _is_accent(character))
    return unicodedata.normalize("NFC", bare.casefold()).translate(_STROKES)


def _is_accent(character: str) -> bool:
    # Unicode's combining classes: 10 to 35 are points of Hebrew, Arabic and Syriac; from 200 on
    # accents by the side they are on. Between them lie marks that make another letter.
    combining = unicodedata.combining(character)
    return 10 <= combining <= 35 or combining >= 200


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)
