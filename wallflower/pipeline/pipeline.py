"""The wiring of one stream.

    capture ─ blocks ─ segmenter ─┬─ ended ──▶ queue ──▶ recognise ──▶ store ──▶ bus
                                  └─ so far ─▶ newest only ──▶ partial text ──▶ listener, bus

Capture runs come and go; the queue and what reads it live as long as the stream, so a camera that
drops out loses no word that was already heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import Final

from wallflower.asr.contract import Recognition
from wallflower.audio import Ended, Grew, Heard, Paused, Segmenter, SilenceWatch, SpeechBegan
from wallflower.capture import listen
from wallflower.domain.errors import EngineFailed
from wallflower.domain.events import PartialHeard, SpeakerHeard, SpeechChanged
from wallflower.domain.speech import Line, Transcript, Utterance
from wallflower.domain.times import WallTime
from wallflower.pipeline.recognise import lines_of, words_of
from wallflower.pipeline.shared import Shared
from wallflower.runtime.queues import DropOldest, QueueClosed

UTTERANCES_WAITING: Final = 64
"""Ended utterances a stream may have waiting: minutes of speech, a few MB."""

_log = logging.getLogger(__name__)


class StreamPipeline:
    """The stages of the stream `stream_id`. `run` for its lifetime, `listen_once` per capture."""

    def __init__(
        self,
        stream_id: str,
        shared: Shared,
        *,
        on_sound: Callable[[], None],
        on_silent: Callable[[bool], None],
        on_drop: Callable[[float], None],
    ) -> None:
        """`on_sound` hears of the first block of each capture run, `on_silent` when digital
        silence sets in or ends, `on_drop` of seconds of speech lost because the engine is behind.
        """
        self._stream_id = stream_id
        self._shared = shared
        self._on_sound = on_sound
        self._on_silent = on_silent
        self._on_drop = on_drop
        self._ended: DropOldest[Utterance] = DropOldest(UTTERANCES_WAITING)
        self._so_far: DropOldest[Utterance] = DropOldest(1)
        self.finished = asyncio.Event()
        """Set once `finish` was called and all that was heard is written."""
        self._talking = False
        self._speaker_id: int | None = None
        self._previewed = False

    async def listen_once(self, url: str) -> None:
        """Read the stream until it ends or fails; raises `CaptureError`.

        What was being said when it ended (or was cancelled) is still recognised.
        """
        shared = self._shared
        segmenter = Segmenter(self._stream_id, shared.vad, shared.segmenter)
        silence = SilenceWatch()
        blocks = listen(url, ffmpeg=shared.ffmpeg, clock=shared.clock, stall_s=shared.stall_s)
        sounded = False
        try:
            async with aclosing(blocks):
                async for block in blocks:
                    if not sounded:
                        sounded = True
                        self._on_sound()
                    if (silent := silence.feed(block)) is not None:
                        self._on_silent(silent)
                    self._hand_on(segmenter.feed(block))
        finally:
            self._hand_on(segmenter.flush())
            self._set_talking(on=False)

    async def run(self) -> None:
        """Recognise what `listen_once` hears; after `finish`, set `finished` and return."""
        recognition = self._shared.engine.open(self._stream_id)
        preview = asyncio.create_task(
            self._preview(recognition), name=f"{self._stream_id}: partials"
        )
        try:
            await self._shared.engine_ready.wait()
            with contextlib.suppress(QueueClosed):
                while True:
                    await self._write(await self._ended.get(), recognition)
                    if preview.done():
                        preview.result()  # broken: begin anew, now that no utterance is in hand
            self.finished.set()
        finally:
            preview.cancel()
            await recognition.close()

    def finish(self) -> None:
        """No more speech will come: `finished` is set once all that was heard is written."""
        self._ended.close()
        self._so_far.close()

    def _hand_on(self, heard: Iterable[Heard]) -> None:
        for event in heard:
            match event:
                case SpeechBegan(at):
                    self._set_talking(on=True, at=at)
                case Grew(utterance) | Paused(utterance):
                    self._so_far.put(utterance)
                case Ended(utterance):
                    if not utterance.cut:
                        self._set_talking(on=False)
                    lost = self._ended.put(utterance)
                    if lost is not None:
                        _log.warning("%s: recognition is behind, speech lost", self._stream_id)
                        self._on_drop(lost.duration_s)

    def _set_talking(self, *, on: bool, at: WallTime | None = None) -> None:
        if on != self._talking:
            self._talking = on
            at = at or self._shared.clock.wall()
            self._shared.bus.publish(SpeechChanged(self._stream_id, on, at))

    async def _write(self, utterance: Utterance, recognition: Recognition) -> None:
        try:
            transcript = await words_of(utterance, recognition)
        except EngineFailed as error:
            _log.error("%s: an utterance was lost: %s", self._stream_id, error)
            self._on_drop(utterance.duration_s)
            return
        lines = await lines_of(utterance, transcript, self._shared.speakers)
        if lines:
            await self._shared.lines.put(lines)
            self._tell_speaker(lines[-1])
        if self._previewed:
            # What was shown so far is a line now, or turned out to be nothing.
            self._show("", utterance)

    def _tell_speaker(self, line: Line) -> None:
        if line.speaker is not None and line.speaker.id != self._speaker_id:
            self._speaker_id = line.speaker.id
            self._shared.bus.publish(SpeakerHeard(self._stream_id, line.speaker, line.start))

    async def _preview(self, recognition: Recognition) -> None:
        """Decode what was said so far, newest first.

        Also without partials shown: the text of a short pause is the final text if the pause
        lasts, so the engine gets a head start on it.
        """
        await self._shared.engine_ready.wait()
        with contextlib.suppress(QueueClosed):
            while True:
                utterance = await self._so_far.get()
                try:
                    transcript = await recognition.partial(utterance)
                except EngineFailed as error:
                    _log.debug("%s: no text so far: %s", self._stream_id, error)
                    continue
                if transcript is not None and transcript.words:
                    await self._tell_so_far(utterance, transcript)

    async def _tell_so_far(self, utterance: Utterance, transcript: Transcript) -> None:
        if self._shared.partials:
            self._show(transcript.text, utterance)
        if self._shared.listener is not None:
            await self._shared.listener.so_far(utterance, transcript)

    def _show(self, text: str, utterance: Utterance) -> None:
        self._previewed = bool(text)
        self._shared.bus.publish(PartialHeard(self._stream_id, text, utterance.start))
