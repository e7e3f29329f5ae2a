"""The embedded engine: one model, all streams."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wallflower.asr.embedded.decode import Decoder, Heard
from wallflower.asr.embedded.jobs import Job
from wallflower.asr.embedded.model import AUTO, obtain_model
from wallflower.asr.embedded.queue import FairQueue
from wallflower.asr.embedded.weights import load
from wallflower.domain.errors import EngineFailed
from wallflower.domain.speech import Transcript, Utterance
from wallflower.runtime.workers import Workers

BATCH: Final = 8
"""More at once saves little and makes each wait for all."""
BATCH_S: Final = 24.0
"""Speech in one batch: about half a second of work on one core with the tiny model. Whoever comes
next waits for it, and long utterances gain little from sharing."""
HURRY_S: Final = 12.0
"""With more speech than this to do the beam is left out: about a third less work."""
WAITING_PER_STREAM: Final = 64
"""Utterances of one stream that may wait; a live one that far behind is minutes late."""

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """`Engine` on CTranslate2 in threads of this process.

    `data` is the folder that keeps downloaded models. `threads` batches are decoded at once,
    each on one core. `beam_size` 1 is greedy; a larger one errs less and is left out while there
    is more than `hurry_s` seconds of speech to do. `device` is `auto`, `cpu` or `cuda`. Raises
    `BadSettings` in `start` when the model cannot do what `language` (None: detect, where the
    model can) or `task` (`transcribe` or `translate`) asks.
    """

    def __init__(
        self,
        model: str | Path = AUTO,
        *,
        data: Path,
        language: str | None = None,
        threads: int = 2,
        beam_size: int = 1,
        task: str = "transcribe",
        hurry_s: float = HURRY_S,
        device: str = AUTO,
    ) -> None:
        self._model = model
        self._data = data
        self._language = language
        self._threads = threads
        self._beam_size = beam_size
        self._task = task
        self._hurry_s = hurry_s
        self._device = device
        self._name = "embedded"
        self._decoder: Decoder | None = None
        self._workers: Workers | None = None
        self._runners: list[asyncio.Task[None]] = []
        self._queue: FairQueue[Job] = FairQueue(WAITING_PER_STREAM)
        self._work = asyncio.Event()
        self._idle = threads
        self._in_hand_s = 0.0
        self.decodes = 0
        """How many utterances and snapshots went through the model, ever."""

    @property
    def name(self) -> str:
        """`embedded:` and the model, e.g. `embedded:tiny.en`; before `start` just `embedded`."""
        return self._name

    @property
    def ready(self) -> bool:
        return self._decoder is not None

    @property
    def backlog_s(self) -> float:
        return self._queue.seconds + self._in_hand_s

    @property
    def busy(self) -> bool:
        """Whether something is being decoded at this moment."""
        return self._idle < self._threads

    @property
    def dropped(self) -> int:
        """Ended utterances that were given up because their stream had too many waiting."""
        return self._queue.dropped

    async def start(self) -> None:
        """Load the model, fetching it first where needed. Once is enough; more does nothing."""
        if self.ready:
            return
        workers = Workers("asr", self._threads)
        try:
            name, decoder = await workers.run(self._load)
        except BaseException:
            await asyncio.to_thread(workers.close)
            raise
        self._name, self._decoder, self._workers = name, decoder, workers
        self._runners = [
            asyncio.create_task(self._run(workers, decoder), name=f"asr {number}")
            for number in range(self._threads)
        ]
        _log.info("Speech is recognised by %s.", name)

    def open(self, stream_id: str) -> Stream:
        """May be called before `start`. One way per `stream_id` at a time."""
        return Stream(self, stream_id)

    def hint(self, words: Sequence[str]) -> None:
        """Ignored: as a prompt, hints make small Whisper models err more than they mend.

        Names in the prompt of tiny.en came out right more often, but were also written where
        nobody had said them; a plain list raised the word errors of everything else by a tenth.
        """

    async def close(self) -> None:
        """Give up what waits (`EngineFailed`), let go of the model. Takes a moment at most."""
        runners, self._runners = self._runners, []
        for runner in runners:
            runner.cancel()
        await asyncio.gather(*runners, return_exceptions=True)
        for stream_id in self._queue.stream_ids:
            self.forget(stream_id)
        if self._decoder is not None:
            self._decoder.stop()
            self._decoder = None
        if self._workers is not None:
            await asyncio.to_thread(self._workers.close)
            self._workers = None

    def submit(self, utterance: Utterance) -> Job:
        """Queue an ended utterance. Raises `EngineFailed` when the engine is not ready."""
        if not self.ready:
            raise EngineFailed("Speech recognition is not running yet, or not any more.")
        job = Job(utterance)
        lost = self._queue.put_final(utterance.stream_id, job, utterance.duration_s)
        if lost is not None:
            lost.fail(EngineFailed("Speech came faster than this machine recognises it."))
        self._work.set()
        return job

    def guess(self, snapshot: Utterance) -> Job | None:
        """Queue a snapshot, in place of an older one; None without capacity to spare."""
        if not self.ready or self._queue.finals:
            return None
        job = Job(snapshot)
        old = self._queue.put_partial(snapshot.stream_id, job, snapshot.duration_s)
        if old is not None:
            old.give(None)
        self._work.set()
        return job

    def take_back(self, stream_id: str) -> None:
        """A snapshot of the stream that still waits is out of date."""
        if (job := self._queue.take_partial(stream_id)) is not None:
            job.give(None)

    def forget(self, stream_id: str) -> None:
        """Nobody waits for the stream's words any more."""
        for job in self._queue.clear(stream_id):
            job.fail(EngineFailed("Speech recognition was stopped."))

    def _load(self) -> tuple[str, Decoder]:
        folder = obtain_model(self._model, self._data, self._language)
        weights = load(folder, parallel=self._threads, device=self._device)
        _log.info("The speech model computes on %s.", weights.placement)
        decoder = Decoder(
            weights, language=self._language, task=self._task, beam_size=self._beam_size
        )
        return f"embedded:{weights.name}", decoder

    async def _run(self, workers: Workers, decoder: Decoder) -> None:
        while True:
            if not (batch := self._next()):
                self._work.clear()
                await self._work.wait()
                continue
            seconds = sum(job.utterance.duration_s for job in batch if job.utterance.ended)
            self._idle -= 1
            self._in_hand_s += seconds
            hurry = self.backlog_s > self._hurry_s
            try:
                heard = await workers.run(
                    decoder.decode, [job.speech for job in batch], hurry=hurry
                )
            except Exception as error:  # noqa: BLE001 - each caller hears it and decides
                for job in batch:
                    job.fail(EngineFailed(f"Speech recognition broke on an utterance: {error}."))
            except asyncio.CancelledError:
                for job in batch:
                    job.fail(EngineFailed("Speech recognition was stopped."))
                raise
            else:
                self.decodes += len(batch)
                for job, said in zip(batch, heard, strict=True):
                    job.give(self._transcript(said))
            finally:
                self._idle += 1
                self._in_hand_s -= seconds

    def _next(self) -> list[Job]:
        """The next batch: an even share of what waits for each runner without work."""
        waiting = self._queue.finals or self._queue.partials
        batch = self._queue.take(min(BATCH, math.ceil(waiting / self._idle)), BATCH_S)
        for job in batch:
            job.begun = True
        return batch

    def _transcript(self, heard: Heard) -> Transcript:
        return Transcript(heard.words, heard.language, self._name)


class Stream:
    """`Recognition` of one stream."""

    def __init__(self, engine: EmbeddedEngine, stream_id: str) -> None:
        self._engine = engine
        self._stream_id = stream_id
        self._guess: Job | None = None
        self._order = asyncio.Lock()

    async def partial(self, utterance: Utterance) -> Transcript | None:
        guess = self._engine.guess(utterance)
        if guess is None:
            return None
        self._guess = guess
        # Shielded: should the caller go away, a final may still count on the answer.
        return await asyncio.shield(guess.answer)

    async def final(self, utterance: Utterance) -> Transcript:
        self._engine.take_back(self._stream_id)
        guess, self._guess = self._guess, None
        if guess is None or not guess.begun or not guess.answers(utterance):
            guess = self._engine.submit(utterance)
        # A lock lets them through in the order they came, whichever thread is done first.
        async with self._order:
            transcript = await asyncio.shield(guess.answer)
        if transcript is None:
            raise EngineFailed("A snapshot was overtaken that a final counted on.")
        return transcript

    async def close(self) -> None:
        self._engine.forget(self._stream_id)
