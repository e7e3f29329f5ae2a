"""What is heard: utterances, words, turns, and the lines people read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wallflower.domain.prints import Prints
from wallflower.domain.times import SAMPLE_RATE, WallTime

Pcm = npt.NDArray[np.int16]
"""Mono PCM at `SAMPLE_RATE`, shape (samples,), signed 16 bit."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech between two pauses on one stream: the unit of recognition.

    While someone still talks, snapshots of the same utterance (same `stream_id` and `number`,
    growing `pcm`) may be handed on; `ended` tells the last one.
    """

    stream_id: str
    number: int
    """Counts the utterances of one capture run, from 1."""
    pcm: Pcm
    """Read-only samples, pre-roll included."""
    start: WallTime
    """When `pcm[0]` was heard."""
    speech_start_s: float
    """Where speech begins, in seconds from `pcm[0]`."""
    speech_end_s: float
    """Where the last speech so far ends, in seconds from `pcm[0]`."""
    ended: bool = True
    """False for a snapshot of speech that may go on."""
    cut: bool = False
    """True when the length limit ended it, not a pause: the next one goes on at once."""

    @property
    def duration_s(self) -> float:
        """Length of `pcm` in seconds."""
        return len(self.pcm) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `text` keeps its punctuation and has no spaces around it."""

    text: str
    start_s: float
    """Seconds from the start of the utterance's `pcm`."""
    end_s: float
    probability: float
    """How sure the engine is, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine made of one utterance. No words: nothing was said."""

    words: tuple[Word, ...]
    language: str
    """ISO 639-1, e.g. `en`."""
    engine: str
    """Name of the engine that wrote it."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class SpeakerRef:
    """Who a line belongs to, as others see it."""

    id: int
    name: str
    """The person's name, or `Voice N` while nobody has named it."""
    known: bool
    """True once a person has named this voice."""
    confidence: float
    """The probability, 0 to 1, that it is this voice and neither another nor a stranger."""
    sure: bool = True
    """False: the likeliest voice, but not likely enough to act on."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of one voice inside an utterance, in seconds from the start of its `pcm`."""

    start_s: float
    end_s: float
    speaker: SpeakerRef


@dataclass(frozen=True, slots=True, eq=False)
class VoicesHeard:
    """Who speaks when in one utterance, and what that rests on."""

    turns: tuple[Turn, ...] = ()
    """In order of their starts. Where two people talk at once, turns overlap."""
    prints: Prints | None = None
    """Edges in seconds from the start of the utterance's `pcm`; None when there was too little
    speech to tell a voice."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person said in one go: the unit people see, search and play.

    Word times are seconds from the line's own `start`.
    """

    stream_id: str
    start: WallTime
    end: WallTime
    text: str
    words: tuple[Word, ...]
    speaker: SpeakerRef | None
    """None when there was too little speech to tell a voice."""
    language: str
    confidence: float
    """Mean word probability, 0 to 1."""
    engine: str
    id: int | None = field(default=None)
    """The store's id; None until it is stored."""
    confirmed: bool = False
    """Whether a person said, or confirmed, whose line it is."""
    prints: Prints | None = field(default=None, repr=False, compare=False)
    """What the voice sounded like; None on lines read from the store."""
