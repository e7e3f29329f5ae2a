"""One request for words, and how a final finds the guess that already answers it. Pure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from wallflower.asr.embedded.decode import Speech
from wallflower.domain.speech import Transcript, Utterance


@dataclass(slots=True, eq=False)
class Job:
    """An utterance, or a snapshot of one, that waits for its words."""

    utterance: Utterance
    answer: asyncio.Future[Transcript | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    """None only for a snapshot that was overtaken."""
    begun: bool = False
    """True once it left the queue."""

    @property
    def speech(self) -> Speech:
        utterance = self.utterance
        return Speech(utterance.pcm, utterance.speech_start_s, utterance.speech_end_s)

    def give(self, transcript: Transcript | None) -> None:
        if not self.answer.done():
            self.answer.set_result(transcript)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # A caller that was cancelled does not come for it.
            self.answer.exception()

    def answers(self, final: Utterance) -> bool:
        """Whether its words are those of `final`: the same sound but for silence at the end.

        Both begin with the same sample, so word times hold as well.
        """
        mine = self.utterance
        return (
            mine.number == final.number
            and mine.start == final.start
            and mine.speech_start_s == final.speech_start_s
            and mine.speech_end_s == final.speech_end_s
        )
