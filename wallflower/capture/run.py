"""One run of one FFmpeg: PCM blocks with their times, until it ends or falls silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from typing import Final

from wallflower.capture.argv import BLOCK_BYTES, decode_argv, listen_argv
from wallflower.capture.diagnosis import Evidence
from wallflower.capture.wallclock import Lead, WallClock
from wallflower.domain.errors import NoAudio, UnsupportedSource
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.times import SAMPLE_RATE, MediaTime, WallTime
from wallflower.domain.urls import check_stream_url, redact
from wallflower.runtime.clock import Clock
from wallflower.runtime.process import Process, running

AHEAD_S: Final = 60.0
"""A live source may begin with a burst of what it kept (HLS), but not with more than this."""

_log = logging.getLogger(__name__)


async def listen(
    url: str,
    *,
    ffmpeg: str,
    clock: Clock,
    stall_s: float = 10.0,
    on_detail: Callable[[str], None] = _log.debug,
) -> AsyncGenerator[PcmBlock, None]:
    """The sound of a live source in blocks of 128 ms, until something ends it.

    It never just returns: it raises `BadStreamUrl`, `MissingProgram`, `Stalled` when no sound came
    for `stall_s` seconds of `clock` (whatever the process does), `StreamEnded`, or the
    `CaptureError` that tells what is wrong. While the consumer holds a block, no time counts.
    `on_detail` hears FFmpeg's words without credentials. Close it (`contextlib.aclosing`): that
    ends FFmpeg.
    """
    check_stream_url(url)
    evidence, walls, lead, samples = Evidence(url), WallClock(), Lead(), 0
    argv = listen_argv(ffmpeg, url, stall_s=stall_s)
    async with aclosing(_pcm(argv, evidence, clock, stall_s, on_detail)) as blocks:
        async for data in blocks:
            now_s, wall = clock.monotonic(), clock.wall()
            start = MediaTime.from_samples(samples)
            samples += len(data) // 2
            end = MediaTime.from_samples(samples)
            if lead.after(end.seconds_since(start), monotonic_s=now_s) > AHEAD_S:
                raise UnsupportedSource(
                    f"{redact(url)} runs {AHEAD_S:g} s ahead of the clock: its timestamps jumped, "
                    "or it is a recording and not a live stream (`wallflower transcribe` reads "
                    "those)."
                )
            yield PcmBlock(data, start, walls.heard(start, end, monotonic_s=now_s, wall=wall))
    raise evidence.ended(0, heard=samples > 0)


async def decode(
    path_or_url: str,
    *,
    ffmpeg: str,
    clock: Clock,
    origin: WallTime = WallTime(0),  # noqa: B008 - frozen
    stall_s: float = 30.0,
    formats: Collection[str] = (),
    on_detail: Callable[[str], None] = _log.debug,
) -> AsyncGenerator[PcmBlock, None]:
    """All sound of a media file, as fast as the consumer takes it; nothing is dropped.

    Media time is the file's own (sound that starts late is preceded by silence), wall time is
    `origin` plus media time. Raises `MissingProgram`, `NoSuchStream`, `NoAudio`,
    `UnsupportedSource`, and `Stalled` when the source gives nothing for `stall_s` seconds. Close
    it (`contextlib.aclosing`) if it is not read to the end.

    `formats` are the only ones read, by FFmpeg's names of demuxers; none: all that it knows.
    """
    if "://" in path_or_url:
        check_stream_url(path_or_url)
    evidence, samples, seen = Evidence(path_or_url), 0, 0
    argv = decode_argv(ffmpeg, path_or_url, stall_s=stall_s, formats=formats)
    async with aclosing(_pcm(argv, evidence, clock, stall_s, on_detail)) as blocks:
        async for data in blocks:
            # HE-AAC may correct itself in the first frames, which is harmless.
            # And FFmpeg's first word of a format may come after its sound.
            if 0 < seen < len(evidence.formats) and samples > SAMPLE_RATE:
                raise _torn(path_or_url, evidence.formats)
            seen = len(evidence.formats)
            start = MediaTime.from_samples(samples)
            samples += len(data) // 2
            yield PcmBlock(data, start, WallTime(origin.ns + start.ns))
    if samples == 0:
        raise NoAudio(f"{redact(path_or_url)} has a sound track, but no sound in it.")


def _torn(source: str, formats: list[str]) -> UnsupportedSource:
    # FFmpeg pads or chops everything from the change on: see `argv` on timestamps.
    return UnsupportedSource(
        f"The sound of {redact(source)} changes from {formats[-2]} to {formats[-1]} midway; "
        "convert it first: ffmpeg -i IN -ac 1 out.wav."
    )


async def _pcm(
    argv: list[str],
    evidence: Evidence,
    clock: Clock,
    stall_s: float,
    on_detail: Callable[[str], None],
) -> AsyncGenerator[bytes, None]:
    """What FFmpeg writes, in pieces of `BLOCK_BYTES` (the last may be shorter).

    Returns when FFmpeg is done and content; otherwise raises what `evidence` makes of it.
    """

    def hear(line: str) -> None:
        evidence.hear(line)
        on_detail(redact(line))

    heard = False
    async with running(argv, on_stderr=hear) as process:
        patience = _Patience(process, clock, stall_s)
        guard = asyncio.create_task(patience.guard(), name="ffmpeg stall guard")
        try:
            patience.waits()
            while data := await _block(process.stdout):
                heard = True
                patience.rests()
                yield data
                patience.waits()
            status = await process.finished()
        finally:
            guard.cancel()
    if patience.lost:
        raise evidence.stalled(stall_s, heard=heard)
    if status != 0:
        raise evidence.ended(status, heard=heard)


async def _block(stdout: asyncio.StreamReader) -> bytes:
    """The next whole samples; empty at the end."""
    try:
        return await stdout.readexactly(BLOCK_BYTES)
    except asyncio.IncompleteReadError as error:
        return error.partial[: len(error.partial) // 2 * 2]


class _Patience:
    """Ends FFmpeg when we have waited for it too long. Counts sound, not signs of life."""

    def __init__(self, process: Process, clock: Clock, limit_s: float) -> None:
        self._process = process
        self._clock = clock
        self._limit_s = limit_s
        self._since_s: float | None = None
        self.lost = False

    def waits(self) -> None:
        self._since_s = self._clock.monotonic()

    def rests(self) -> None:
        self._since_s = None

    async def guard(self) -> None:
        """Run beside the reader: one timer per `limit_s`, not one per block."""
        while True:
            waited_s = 0.0 if self._since_s is None else self._clock.monotonic() - self._since_s
            if waited_s >= self._limit_s:
                self.lost = True
                await self._process.end(grace_s=0.0)
                return
            await self._clock.sleep(self._limit_s - waited_s)
