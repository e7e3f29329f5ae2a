"""Whether to believe a text: pure judgement, no model.

Whisper fails in two ways that can be seen from outside: it repeats itself until it runs out of
tokens, and it writes polite nothings ("Thank you.") over noise.
"""

from __future__ import annotations

import enum
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_TOKENS: Final = 224
"""Half the model's context: it never writes more in one go."""
TOKENS_PER_S: Final = 8.0
"""Very fast talk stays under this."""
SPARE_TOKENS: Final = 16
MAX_COMPRESSION: Final = 2.4
"""Text that zlib shrinks more than this repeats itself."""
PHRASE_WORDS: Final = 5
"""Fewer words are said twice by people often enough: "come on now, come on now"."""
FAINT: Final = 0.3
"""From this no-speech probability on a loop is a noise, not a failed sentence."""


class Verdict(enum.Enum):
    GOOD = "good"
    LOOPING = "looping"
    """Useless: try again with more context."""
    STUTTERING = "stuttering"
    """Says a phrase twice: try again with more context, believe it if it still does."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the decoder knows beside the text itself."""

    no_speech: float
    """Probability that there is no speech in the window, 0 to 1."""
    tokens: int
    """How many tokens were written."""
    duration_s: float
    """How much sound they stand for."""


def ceiling(duration_s: float) -> int:
    """The most tokens that `duration_s` seconds of speech can need."""
    return min(MAX_TOKENS, SPARE_TOKENS + math.ceil(TOKENS_PER_S * duration_s))


def judge(text: str, evidence: Evidence) -> Verdict:
    """What to do with `text` before its words are looked at."""
    if not any(character.isalnum() for character in text):
        return Verdict.NOTHING
    if compression(text) > MAX_COMPRESSION or evidence.tokens >= ceiling(evidence.duration_s):
        return Verdict.NOTHING if evidence.no_speech >= FAINT else Verdict.LOOPING
    return Verdict.STUTTERING if stutters(text) else Verdict.GOOD


def stutters(text: str) -> bool:
    """Whether `text` says the same `PHRASE_WORDS` words twice.

    A short window makes Whisper begin again at the end of what it heard. People repeat themselves
    too, so this alone proves nothing.
    """
    words = re.findall(r"[\w']+", text.casefold())
    phrases = list(zip(*(words[first:] for first in range(PHRASE_WORDS)), strict=False))
    return len(set(phrases)) < len(phrases)


def is_noise(no_speech: float, probabilities: Sequence[float]) -> bool:
    """Whether words with these probabilities are made up over a sound that is no speech.

    Neither sign is enough alone: far, noisy speech looks like no speech but its words are sure,
    and a real "thank you" is short and sure.
    """
    sure = sum(probabilities) / len(probabilities)
    return no_speech > sure


def compression(text: str) -> float:
    """How many times smaller zlib makes `text`."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))
