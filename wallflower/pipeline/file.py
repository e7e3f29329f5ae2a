"""A media file through the very stages the streams use, as fast as the machine allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from wallflower.asr.contract import Engine
from wallflower.audio import Ended, Segmenter, SegmenterSettings, SileroModel
from wallflower.capture import decode
from wallflower.domain.speech import Line, Transcript, Utterance, VoicesHeard
from wallflower.pipeline.recognise import voices_of, words_of
from wallflower.pipeline.shared import Speakers
from wallflower.runtime.clock import Clock
from wallflower.timeline import fuse, with_prints

IN_FLIGHT: Final = 12
"""Utterances handed to the engine at once, so that it can decode them in batches."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was made of one utterance of a file."""

    utterance: Utterance
    """Its `pcm` has the right length but holds silence: a file of hours would fill the memory."""
    transcript: Transcript
    heard: VoicesHeard

    def lines(self) -> tuple[Line, ...]:
        """Words and voices together; none when nothing was said."""
        lines = fuse(self.utterance, self.transcript, self.heard.turns)
        return with_prints(lines, self.utterance, self.heard.prints)


def without_noises(found: Sequence[Recognised]) -> list[Recognised]:
    """`found` without voices that never said a word: they are dogs and doors."""
    people = {
        turn.speaker.id for each in found if each.transcript.words for turn in each.heard.turns
    }

    def heard(each: Recognised) -> VoicesHeard:
        turns = tuple(turn for turn in each.heard.turns if turn.speaker.id in people)
        return replace(each.heard, turns=turns)

    return [replace(each, heard=heard(each)) for each in found]


async def recognise_file(
    media: Path,
    *,
    engine: Engine,
    speakers: Speakers | None,
    vad: SileroModel,
    segmenter: SegmenterSettings,
    ffmpeg: str,
    clock: Clock,
    realtime: bool = False,
) -> AsyncGenerator[Recognised, None]:
    """What is said in `media`, in order; wall time counts from 1970, so it is media time.

    `realtime` lets sound through no faster than it was spoken. Raises `CaptureError` when the file
    cannot be read, `EngineFailed` when the engine breaks.
    """
    async with AsyncExitStack() as stack:
        # The engine is fair between streams and keeps the order within one: several stand-ins
        # for streams let it take many utterances of one file at once.
        ways = [engine.open(f"{media.name}#{number}") for number in range(IN_FLIGHT)]
        for way in ways:
            stack.push_async_callback(way.close)
        waiting: deque[tuple[Utterance, asyncio.Task[Transcript]]] = deque()
        stack.callback(lambda: [task.cancel() for _, task in waiting])

        async def oldest() -> Recognised:
            utterance, task = waiting[0]
            transcript = await task
            waiting.popleft()
            heard = await voices_of(utterance, transcript, speakers)
            return Recognised(_silenced(utterance), transcript, heard)

        utterances = _utterances(media, vad, segmenter, ffmpeg, clock, realtime=realtime)
        async with aclosing(utterances):
            async for utterance in utterances:
                way = ways[utterance.number % IN_FLIGHT]
                waiting.append((utterance, asyncio.create_task(words_of(utterance, way))))
                while waiting and (len(waiting) == IN_FLIGHT or waiting[0][1].done()):
                    yield await oldest()
        while waiting:
            yield await oldest()


def _silenced(utterance: Utterance) -> Utterance:
    return replace(utterance, pcm=np.broadcast_to(np.int16(0), len(utterance.pcm)))


async def _utterances(
    media: Path,
    vad: SileroModel,
    settings: SegmenterSettings,
    ffmpeg: str,
    clock: Clock,
    *,
    realtime: bool,
) -> AsyncGenerator[Utterance, None]:
    segmenter = Segmenter(media.stem, vad, settings)
    began = clock.monotonic()
    async with aclosing(decode(str(media), ffmpeg=ffmpeg, clock=clock)) as blocks:
        async for block in blocks:
            if realtime:
                await clock.sleep(began + block.media.ns / 1e9 - clock.monotonic())
            for heard in segmenter.feed(block):
                if isinstance(heard, Ended):
                    yield heard.utterance
    for heard in segmenter.flush():
        if isinstance(heard, Ended):
            yield heard.utterance
