"""Words with times, from tokens and the moments they were heard at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from faster_whisper.tokenizer import Tokenizer

from wallflower.asr.embedded.window import STATES_PER_S
from wallflower.domain.speech import Word

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages that write no spaces: there the tokenizer's own parts are the words."""
_OPENING = frozenset("\"'“‘¿¡([{-«")


def words_of(
    tokens: Sequence[int],
    alignment: Sequence[tuple[int, int]],
    probabilities: Sequence[float],
    tokenizer: Tokenizer,
    offset_s: float = 0.0,
) -> list[Word]:
    """Words of `tokens` (text only), times in seconds; the window begins at `offset_s`.

    `alignment` is the path CTranslate2 found: pairs of token index and state, both rising;
    `probabilities` has one value per token. Punctuation is kept with its word, but counts
    neither for the word's end nor for its probability: pauses hide in it.
    """
    began = _first_states(alignment, len(tokens) + 1)
    texts, groups = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    words: list[Word] = []
    spaced = tokenizer.language_code not in _UNSPACED
    prefix = ""
    index = 0
    for text, group in zip(texts[:-1], groups[:-1], strict=True):
        first, index = index, index + len(group)
        mark = text.strip()
        spoken = any(character.isalnum() for character in text)
        if not spoken and text.startswith(" ") and mark in _OPENING:
            prefix += mark
        elif not spoken and words:
            words[-1] = replace(words[-1], text=words[-1].text + mark)
        elif spoken:
            end_s = offset_s + began[index] / STATES_PER_S
            sure = sum(probabilities[first:index]) / len(group)
            if words and not text.startswith(" ") and spaced:
                # The rest of "well-known" or "3,000".
                words[-1] = replace(words[-1], text=words[-1].text + prefix + mark, end_s=end_s)
            else:
                start_s = offset_s + began[first] / STATES_PER_S
                words.append(Word(prefix + mark, start_s, end_s, sure))
            prefix = ""
    return words


def fitted(words: Sequence[Word], start_s: float, end_s: float) -> list[Word]:
    """`words` kept between `start_s` and `end_s`, in order.

    The first word tends to begin with the window and the last to end with it; the speech
    detector knows better.
    """
    last_s = start_s
    inside = []
    for word in words:
        begin_s = min(max(word.start_s, last_s), end_s)
        last_s = min(max(word.end_s, begin_s), end_s)
        inside.append(replace(word, start_s=begin_s, end_s=last_s))
    return inside


def _first_states(alignment: Sequence[tuple[int, int]], count: int) -> list[int]:
    """The state at which each of `count` tokens begins; the last is the end of the text."""
    first: dict[int, int] = {}
    for token, state in alignment:
        first.setdefault(token, state)
    began: list[int] = []
    last = 0
    for token in range(count):
        last = first.get(token, last)
        began.append(last)
    return began
