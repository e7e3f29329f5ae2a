"""A media file through the very stages the streams use, as fast as the machine allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Final

from wallflower.asr.contract import Engine
from wallflower.audio import Ended, Segmenter, SegmenterSettings, SileroModel
from wallflower.capture import decode
from wallflower.domain.speech import Line, Transcript, Utterance
from wallflower.pipeline.recognise import lines_of, words_of
from wallflower.pipeline.shared import Speakers
from wallflower.runtime.clock import Clock

IN_FLIGHT: Final = 12
"""Utterances handed to the engine at once, so that it can decode them in batches."""


async def transcribe_file(
    media: Path,
    *,
    engine: Engine,
    speakers: Speakers | None,
    vad: SileroModel,
    segmenter: SegmenterSettings,
    ffmpeg: str,
    clock: Clock,
    realtime: bool = False,
) -> AsyncGenerator[Line, None]:
    """The lines of `media` in order; their wall time counts from 1970, so it is media time.

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

        async def oldest() -> tuple[Line, ...]:
            utterance, task = waiting[0]
            transcript = await task
            waiting.popleft()
            return await lines_of(utterance, transcript, speakers)

        utterances = _utterances(media, vad, segmenter, ffmpeg, clock, realtime=realtime)
        async with aclosing(utterances):
            async for utterance in utterances:
                way = ways[utterance.number % IN_FLIGHT]
                waiting.append((utterance, asyncio.create_task(words_of(utterance, way))))
                while waiting and (len(waiting) == IN_FLIGHT or waiting[0][1].done()):
                    for line in await oldest():
                        yield line
        while waiting:
            for line in await oldest():
                yield line


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
