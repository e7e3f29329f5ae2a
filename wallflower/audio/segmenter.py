"""From one capture run's PCM to utterances."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from wallflower.audio.candidate import Candidate
from wallflower.audio.cutting import best_cut
from wallflower.audio.framing import FRAME, STEP, Framer, Step, samples
from wallflower.audio.gate import Gate
from wallflower.audio.heard import Ended, Grew, Heard, Paused, SpeechBegan
from wallflower.audio.judge import Judge, SileroModel
from wallflower.audio.ring import Ring
from wallflower.audio.tuning import SegmenterSettings
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.speech import Utterance
from wallflower.domain.times import SAMPLE_RATE

GOLDEN_RATIO: Final = 0.618034


class Segmenter:
    """Finds the speech of one stream in one capture run. Not for several threads at a time.

    The result depends on the sound and its times only, not on how it was cut into blocks. A gap
    ends an utterance. Costs about 0.3 ms per block of 128 ms while sound is judged, and a tenth
    of that while the gate is shut.
    """

    def __init__(
        self, stream_id: str, model: SileroModel, settings: SegmenterSettings | None = None
    ) -> None:
        self._stream_id = stream_id
        self._settings = s = settings or SegmenterSettings()
        self._framer = Framer()
        self._gate = Gate(s.gate_mode, s.gate_hold_s)
        self._judge = Judge(model)
        self._warm_up = -(-samples(s.warm_up_s) // STEP) * STEP
        self._ring = Ring(samples(s.max_s + s.pre_roll_s) + self._warm_up + 2 * STEP)
        self._judged = 0
        """Everything before this position was judged or will never be."""
        self._taken = 0
        """Everything before this position is in an utterance already."""
        self._number = 1
        self._longest = self._limit()
        """Samples after which the utterance that comes next is cut."""
        self._candidate: Candidate | None = None

    @property
    def speaking(self) -> bool:
        """Whether somebody talks: between a `SpeechBegan` and the last `Ended`."""
        return self._candidate is not None and self._candidate.confirmed

    def feed(self, block: PcmBlock) -> list[Heard]:
        """What is known now that was not known before `block`, in order.

        Raises `ValueError` when the block's data is not a whole number of samples.
        """
        heard = [event for step in self._framer.feed(block) for event in self._step(step)]
        self._framer.forget(self._ring.oldest)
        return heard

    def flush(self) -> list[Heard]:
        """The capture ended. What comes next, if anything, is taken as following a gap."""
        return list(self._step(self._framer.flush()))

    def _step(self, step: Step) -> Iterator[Heard]:
        self._ring.append(step.pcm)
        gate_open = self._gate.hears(step.pcm)
        if gate_open or self._candidate is not None:
            yield from self._judge_until(step.position)
        if step.last:
            yield from self._end()
            self._ring.clear()
            self._judge.reset()
            self._judged = self._ring.end

    def _judge_until(self, position: int) -> Iterator[Heard]:
        """Judge the steps up to and with the one at `position`."""
        first = max(self._judged, self._ring.oldest, position - self._warm_up)
        if first > self._judged:
            self._judge.reset()
        self._judged = self._ring.end
        for start in range(first, self._ring.end, STEP):
            end = min(start + STEP, self._ring.end)
            probabilities = self._judge.probabilities(self._ring.read(start, end)).tolist()
            for at, probability in zip(range(start, end, FRAME), probabilities, strict=True):
                yield from self._frame(at, min(at + FRAME, end), probability)

    def _frame(self, at: int, end: int, probability: float) -> Iterator[Heard]:
        s = self._settings
        if self._candidate is None:
            if probability < s.start_probability:
                return
            start = max(at - samples(s.pre_roll_s), self._taken, self._ring.oldest)
            self._candidate = Candidate(start, at, end, grown_to=at)
        speech = self._candidate
        speech.add(end, probability, stop=s.stop_probability, sure=s.sure_probability)
        if not speech.confirmed:
            if speech.sure * FRAME >= samples(s.min_speech_s):
                speech.confirmed = True
                yield SpeechBegan(self._framer.wall_at(speech.speech_start))
            elif self._is_over(speech, end):
                self._candidate = None
            return
        yield from self._grow(speech, end)

    def _grow(self, speech: Candidate, end: int) -> Iterator[Heard]:
        s = self._settings
        silence = end - speech.speech_end
        if silence >= self._ending_pause(end - speech.start):
            yield from self._end()
        elif silence >= samples(s.pause_s) and not speech.paused:
            speech.paused = True
            speech.grown_to = end
            yield Paused(self._utterance(speech, self._tail(speech), ended=False))
        elif end - speech.start >= self._longest:
            yield from self._cut(speech)
        elif (
            s.partial_every_s is not None
            and not silence
            and end - speech.grown_to >= samples(s.partial_every_s)
        ):
            speech.grown_to = end
            yield Grew(self._utterance(speech, end, ended=False))

    def _limit(self) -> int:
        """`max_s`, or up to a third less: other for each stream and each utterance.

        Streams on which somebody talks without pause would else be cut in step, and the
        recogniser would get all their speech at once. Multiples of the golden ratio spread best.
        """
        place = zlib.crc32(self._stream_id.encode()) / 2**32 + self._number * GOLDEN_RATIO
        return samples(self._settings.max_s * (1 - place % 1 / 3))

    def _ending_pause(self, length: int) -> int:
        """Samples of silence that end an utterance of `length` samples."""
        s = self._settings
        over = (length / self._longest - s.patience) / (1 - s.patience)
        patience = (1 - min(max(over, 0.0), 1.0)) ** 2
        return samples(s.least_pause_s + patience * (s.end_pause_s - s.least_pause_s))

    def _is_over(self, speech: Candidate, end: int) -> bool:
        """Whether a candidate without enough evidence had its time."""
        s = self._settings
        return end - speech.speech_end >= samples(s.end_pause_s) or (
            end - speech.speech_start >= samples(s.confirm_within_s)
        )

    def _end(self) -> Iterator[Heard]:
        speech, self._candidate = self._candidate, None
        if speech is not None and speech.confirmed:
            yield self._ended(speech, self._tail(speech))

    def _cut(self, speech: Candidate) -> Iterator[Heard]:
        """The length limit: end the utterance at the best late pause."""
        s = self._settings
        first, probabilities = speech.spoken()
        late = speech.start + round((1 - s.cut_within) * self._longest)
        skip = (late - first) // FRAME
        begin = first + skip * FRAME
        sound = self._ring.read(begin, first + len(probabilities) * FRAME)
        cut = begin + FRAME * best_cut(probabilities[skip:], sound, s.stop_probability)
        rest = speech.rest_after(cut, s.stop_probability)
        speech.speech_end = speech.speech_before(cut, s.stop_probability)
        yield self._ended(speech, cut, cut=True)
        self._candidate = rest

    def _tail(self, speech: Candidate) -> int:
        """Where an utterance that ends in a pause ends, post-roll included."""
        return min(speech.speech_end + samples(self._settings.post_roll_s), self._ring.end)

    def _ended(self, speech: Candidate, end: int, *, cut: bool = False) -> Ended:
        ended = Ended(self._utterance(speech, end, ended=True, cut=cut))
        self._taken = end
        self._number += 1
        self._longest = self._limit()
        return ended

    def _utterance(
        self, speech: Candidate, end: int, *, ended: bool, cut: bool = False
    ) -> Utterance:
        return Utterance(
            stream_id=self._stream_id,
            number=self._number,
            pcm=self._ring.read(speech.start, end),
            start=self._framer.wall_at(speech.start),
            speech_start_s=(speech.speech_start - speech.start) / SAMPLE_RATE,
            speech_end_s=(speech.speech_end - speech.start) / SAMPLE_RATE,
            ended=ended,
            cut=cut,
        )
