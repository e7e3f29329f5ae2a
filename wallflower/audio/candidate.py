"""One utterance while it is being heard, as numbers: no sound in here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wallflower.audio.framing import FRAME
from wallflower.audio.judge import Probabilities


@dataclass(slots=True)
class Candidate:
    """Sound that may be speech. Positions count samples since the stream began."""

    start: int
    """Where its sound begins, pre-roll included."""
    speech_start: int
    """Where its first frame of speech begins."""
    speech_end: int
    """Where the last speech so far ends."""
    confirmed: bool = False
    """True once it is known to be speech; it will become an utterance."""
    sure: int = 0
    """Frames of evidence so far."""
    paused: bool = False
    """True from the snapshot in a pause until speech goes on."""
    grown_to: int = 0
    """How far the last snapshot reached."""
    frames: list[float] = field(default_factory=list)
    """Probability of each frame from `speech_start` on."""

    def add(self, end: int, probability: float, *, stop: float, sure: float) -> None:
        """Take the frame that ends at `end`."""
        self.frames.append(probability)
        if probability >= stop:
            self.speech_end = end
            self.paused = False
        if probability >= sure:
            self.sure += 1

    def spoken(self) -> tuple[int, Probabilities]:
        """The whole frames up to `speech_end`, and the position of the first."""
        count = (self.speech_end - self.speech_start) // FRAME
        return self.speech_start, np.array(self.frames[:count], np.float32)

    def rest_after(self, cut: int, stop: float) -> Candidate:
        """What goes on from position `cut`, the beginning of one of the `spoken` frames.

        It is known to be speech, for the utterance before it was.
        """
        first = (cut - self.speech_start) // FRAME
        rest = self.frames[first:]
        lead = next(at for at, probability in enumerate(rest) if probability >= stop)
        return Candidate(
            start=cut,
            speech_start=cut + lead * FRAME,
            speech_end=self.speech_end,
            confirmed=True,
            paused=self.paused,
            grown_to=self.grown_to,
            frames=rest[lead:],
        )

    def speech_before(self, cut: int, stop: float) -> int:
        """Where the last speech before position `cut` ends."""
        first = (cut - self.speech_start) // FRAME
        back = next((at for at, p in enumerate(self.frames[:first][::-1]) if p >= stop), first)
        return self.speech_start + (first - back) * FRAME
