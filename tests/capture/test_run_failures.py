"""Everything that can go wrong while listening, provoked for real."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.capture.conftest import Media, ffmpegs
from tests.capture.served import closed_port, dead_port, mute_port
from tests.support.clock import ManualClock
from tests.support.rtsp import rtsp_server
from wallflower.capture import listen
from wallflower.domain.errors import (
    BadStreamUrl,
    CaptureError,
    MissingProgram,
    NoAudio,
    NoSuchStream,
    Stalled,
    StreamEnded,
    Unauthorized,
    Unreachable,
    is_fatal,
)
from wallflower.domain.pcm import PcmBlock
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()


async def failure(url: str, ffmpeg: str, stall_s: float = 10.0) -> CaptureError:
    """What listening to `url` ends with."""
    with pytest.raises(CaptureError) as caught:
        await drained(listen(url, ffmpeg=ffmpeg, clock=CLOCK, stall_s=stall_s))
    return caught.value


async def drained(stream: AsyncGenerator[PcmBlock, None]) -> None:
    async with aclosing(stream):
        async for _ in stream:
            pass


async def test_a_closed_port(ffmpeg: str) -> None:
    error = await failure(f"rtsp://127.0.0.1:{closed_port()}/hall", ffmpeg)
    assert type(error) is Unreachable
    assert "Nothing listens at 127.0.0.1" in str(error)


async def test_an_unknown_name(ffmpeg: str) -> None:
    error = await failure("rtsp://no-such-host.invalid/hall", ffmpeg)
    assert type(error) is Unreachable


async def test_a_host_that_is_down(ffmpeg: str) -> None:
    with dead_port() as port:
        error = await failure(f"rtsp://127.0.0.1:{port}/hall", ffmpeg, stall_s=0.8)
    assert type(error) is Unreachable
    assert "does not answer" in str(error)


async def test_a_host_that_takes_the_connection_and_is_silent(ffmpeg: str) -> None:
    with mute_port() as port:
        error = await failure(f"rtsp://127.0.0.1:{port}/hall", ffmpeg, stall_s=0.8)
    assert type(error) is Unreachable
    assert "does not answer as rtsp" in str(error)


async def test_wrong_path_video_only_and_wrong_passwords(
    media: Media, ffmpeg: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mounts = {
        "/hall": media("hall.mkv", seconds=30),
        "/silent": media("silent.mkv", seconds=5, audio=None),
    }
    async with rtsp_server(mounts, credentials="me:s3cret") as server:
        wrong, missing, nowhere, silent = await asyncio.gather(
            failure(server.url("/hall", "me:wr0ng"), ffmpeg),
            failure(server.url("/hall"), ffmpeg),
            failure(server.url("/none", "me:s3cret"), ffmpeg),
            failure(server.url("/silent", "me:s3cret"), ffmpeg),
        )
    assert type(wrong) is type(missing) is Unauthorized
    assert is_fatal(wrong)
    assert type(nowhere) is NoSuchStream
    assert type(silent) is NoAudio
    said = caplog.text + str(wrong) + str(missing) + str(nowhere) + str(silent)
    assert "***@127.0.0.1" in said, "FFmpeg's words were not logged: this would prove nothing"
    assert "wr0ng" not in said
    assert "s3cret" not in said


async def test_the_server_dies_midway(media: Media, ffmpeg: str) -> None:
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK)
        await anext(stream)
        os.kill(server.process.pid, signal.SIGKILL)
        with pytest.raises(StreamEnded):
            await drained(stream)


async def test_the_server_hangs_midway(media: Media, system_ffmpeg: str) -> None:
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=system_ffmpeg, clock=CLOCK, stall_s=0.8)
        await anext(stream)
        os.kill(server.process.pid, signal.SIGSTOP)
        with pytest.raises(Stalled, match=r"sent no sound for 0\.8 s"):
            await drained(stream)


async def test_ffmpeg_is_killed(media: Media, ffmpeg: str) -> None:
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK)
        await anext(stream)
        os.kill(ffmpegs()[0], signal.SIGKILL)
        with pytest.raises(StreamEnded, match="signal 9"):
            await drained(stream)


async def test_a_stopped_ffmpeg_stalls_when_the_limit_is_over(media: Media, ffmpeg: str) -> None:
    clock = ManualClock()
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=ffmpeg, clock=clock, stall_s=10.0)
        await anext(stream)
        os.kill(ffmpegs()[0], signal.SIGSTOP)
        waiting = asyncio.create_task(drained(stream))
        # What FFmpeg had written before is still read; nothing more comes after that.
        await clock.advance(9.9)
        assert not waiting.done()
        await clock.advance(10.1)
        with pytest.raises(Stalled):
            await waiting


async def test_no_time_counts_while_the_consumer_is_busy(media: Media, system_ffmpeg: str) -> None:
    clock = ManualClock()
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=system_ffmpeg, clock=clock, stall_s=10.0)
        async with aclosing(stream):
            await anext(stream)
            await clock.advance(3600)
            again = await anext(stream)
    assert again.media.ns > 0


async def test_cancelled_while_connecting(ffmpeg: str) -> None:
    with mute_port() as port:
        url = f"rtsp://127.0.0.1:{port}/hall"
        started = asyncio.Event()
        stream = listen(url, ffmpeg=ffmpeg, clock=CLOCK, on_detail=lambda _line: started.set())
        task = asyncio.create_task(drained(stream))
        await started.wait()
        assert len(ffmpegs()) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ffmpegs() == []


async def test_ffmpeg_is_missing(tmp_path: Path) -> None:
    stream = listen("rtsp://127.0.0.1/hall", ffmpeg=str(tmp_path / "ffmpeg"), clock=CLOCK)
    with pytest.raises(MissingProgram):
        await anext(stream)


async def test_a_url_that_is_none() -> None:
    with pytest.raises(BadStreamUrl):
        await anext(listen("hall", ffmpeg="ffmpeg", clock=CLOCK))
