"""What the segmenter says about a stream. Per utterance: one `SpeechBegan` (none after a cut),
any number of `Paused` and `Grew`, one `Ended`.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallflower.domain.speech import Utterance
from wallflower.domain.times import WallTime


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody talks. An `Ended` whose utterance is not `cut` will follow."""

    at: WallTime


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause that may be the end.

    When `Ended` follows with the same `number` and `speech_end_s`, nothing was said since, and
    the text of this snapshot (`ended` false) is the text of the utterance.
    """

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Grew:
    """A snapshot (`ended` false) while someone talks."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Ended:
    """The utterance is complete."""

    utterance: Utterance


Heard = SpeechBegan | Paused | Grew | Ended
