"""From sound to words: encode each utterance alone, decode and align several together.

Measured on two cores: the encoder is fastest with one window at a time (a batch falls out of the
cache), the decoder about three times faster with eight.
"""

from __future__ import annotations

import itertools
import operator
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from faster_whisper.tokenizer import Tokenizer

from wallflower.asr.embedded import guard
from wallflower.asr.embedded.guard import Evidence, Verdict
from wallflower.asr.embedded.pieces import pieces
from wallflower.asr.embedded.weights import Weights, mel_bands
from wallflower.asr.embedded.window import FRAMES_PER_S, FULL_STATES, Encoder, States
from wallflower.asr.embedded.words import fitted, words_of
from wallflower.domain.errors import EngineFailed
from wallflower.domain.speech import Pcm, Word
from wallflower.domain.times import SAMPLE_RATE

SHORTEST_S: Final = 0.1
"""Less sound than this holds no word."""
LOOP_NGRAM: Final = 3
"""How many tokens may not come twice when even the full window loops."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is to be decoded, and where in it somebody talks."""

    pcm: Pcm
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, times in seconds from the start of the PCM. No words: nothing."""

    words: tuple[Word, ...]
    language: str


@dataclass(slots=True)
class _Piece:
    """A part of an utterance that fits the window, on its way through the model."""

    pcm: Pcm
    offset_s: float
    states: States
    language: str = ""
    tokens: tuple[int, ...] = ()
    """Text only; empty when nothing was said."""
    no_speech: float = 0.0
    words: list[Word] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / SAMPLE_RATE

    @property
    def full(self) -> bool:
        """Whether its states are of the whole window."""
        return len(self.states) == FULL_STATES


class Decoder:
    """Whisper for batches of utterances. Several threads may use one."""

    def __init__(
        self,
        weights: Weights,
        *,
        language: str | None,
        task: str = "transcribe",
        beam_size: int = 1,
    ) -> None:
        """`language` None: the model tells. Raises `BadSettings` as `Weights.require` does.

        Encodes one window: blocks.
        """
        weights.require(language, task)
        self._weights = weights
        self._model = weights.model
        self._language = language if weights.multilingual else "en"
        self._task = task
        self._beam_size = beam_size
        self._encoder = Encoder(weights.model, mel_bands(weights))
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Make `decode` give up at its next step, in whatever thread it runs."""
        self._stopped.set()

    def decode(self, batch: Sequence[Speech], *, hurry: bool = False) -> list[Heard]:
        """What was said in each of `batch`, in the same order. Blocks. `hurry`: without a beam.

        Every text is as it would be alone, but for the last bits of floating point numbers.
        Raises `EngineFailed` once stopped.
        """
        parts = [self._pieces(speech) for speech in batch]
        beam_size = 1 if hurry else self._beam_size
        self._write([piece for part in parts for piece in part], beam_size)
        self._align([piece for part in parts for piece in part if piece.tokens])
        return [self._heard(speech, part) for speech, part in zip(batch, parts, strict=True)]

    def _pieces(self, speech: Speech) -> list[_Piece]:
        self._go_on()
        if speech.duration_s < SHORTEST_S:
            return []
        return [
            _Piece(pcm, first / SAMPLE_RATE, self._encoder.encode(pcm))
            for first, pcm in pieces(speech.pcm)
        ]

    def _write(self, batch: list[_Piece], beam_size: int) -> None:
        """Give each of `batch` its tokens; what repeats itself is tried with more context."""
        self._detect(batch)
        verdicts = self._generate(batch, beam_size)
        for piece, verdict in zip(batch, verdicts, strict=True):
            if verdict in {Verdict.LOOPING, Verdict.STUTTERING}:
                self._go_on()
                piece.states = self._encoder.encode(piece.pcm, full=True)
                (again,) = self._generate([piece], beam_size)
                if again is Verdict.LOOPING:
                    self._generate([piece], beam_size, no_repeat_ngram_size=LOOP_NGRAM)

    def _detect(self, batch: list[_Piece]) -> None:
        if self._language is not None:
            for piece in batch:
                piece.language = self._language
        elif batch:
            states = self._encoder.stack([piece.states for piece in batch])
            for piece, found in zip(batch, self._model.detect_language(states), strict=True):
                piece.language = found[0][0].strip("<|>")

    def _generate(self, batch: list[_Piece], beam_size: int, **options: int) -> list[Verdict]:
        if not batch:
            return []
        written = self._model.generate(
            self._encoder.stack([piece.states for piece in batch]),
            [self._tokenizer(piece).sot_sequence for piece in batch],
            beam_size=beam_size,
            # CTranslate2 writes half of it at most.
            max_length=2 * max(guard.ceiling(piece.duration_s) for piece in batch),
            return_no_speech_prob=True,
            **options,
        )
        return [self._take(piece, result) for piece, result in zip(batch, written, strict=True)]

    def _take(self, piece: _Piece, result: Any) -> Verdict:
        tokenizer = self._tokenizer(piece)
        tokens = result.sequences_ids[0]
        piece.no_speech = result.no_speech_prob
        piece.tokens = tuple(token for token in tokens if token < tokenizer.eot)
        evidence = Evidence(piece.no_speech, len(tokens), piece.duration_s)
        verdict = guard.judge(tokenizer.decode(piece.tokens), evidence)
        if verdict in {Verdict.LOOPING, Verdict.NOTHING}:
            piece.tokens = ()
        return verdict

    def _align(self, batch: list[_Piece]) -> None:
        """Give each of `batch` its words, or none when they are made up."""
        # One call takes one language and one length: windows tried again are longer.
        key = operator.attrgetter("language", "full")
        for _, group in itertools.groupby(sorted(batch, key=key), key):
            alike = list(group)
            tokenizer = self._tokenizer(alike[0])
            aligned = self._model.align(
                self._encoder.stack([piece.states for piece in alike]),
                tokenizer.sot_sequence,
                [list(piece.tokens) for piece in alike],
                [len(piece.pcm) * FRAMES_PER_S // SAMPLE_RATE for piece in alike],
            )
            for piece, path in zip(alike, aligned, strict=True):
                sure = path.text_token_probs
                words = words_of(piece.tokens, path.alignments, sure, tokenizer, piece.offset_s)
                if not guard.is_noise(piece.no_speech, [word.probability for word in words]):
                    piece.words = words

    def _heard(self, speech: Speech, parts: list[_Piece]) -> Heard:
        words = [word for piece in parts for word in piece.words]
        language = parts[0].language if parts else self._language or "en"
        return Heard(tuple(fitted(words, speech.start_s, speech.end_s)), language)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise EngineFailed("Speech recognition was stopped.")

    def _tokenizer(self, piece: _Piece) -> Tokenizer:
        return self._weights.tokenizer(piece.language, self._task)
