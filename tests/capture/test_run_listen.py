"""Live sources that work: a real RTSP server, a real FFmpeg, both of its generations."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.capture.beeps import media_times, wall_times
from tests.capture.conftest import Media, ffmpegs
from tests.capture.served import http_file
from tests.support.rtsp import rtsp_server
from wallflower.capture import listen
from wallflower.domain.errors import CaptureError, StreamEnded, UnsupportedSource
from wallflower.domain.pcm import PcmBlock
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()


async def some(url: str, ffmpeg: str, seconds: float) -> list[PcmBlock]:
    """The first `seconds` of sound."""
    blocks: list[PcmBlock] = []
    async with aclosing(listen(url, ffmpeg=ffmpeg, clock=CLOCK)) as stream:
        async for block in stream:
            blocks.append(block)
            if block.media.ns / 1e9 >= seconds:
                break
    return blocks


async def to_the_end(url: str, ffmpeg: str) -> tuple[list[PcmBlock], CaptureError]:
    """All sound, and the error that ended it."""
    blocks: list[PcmBlock] = []

    async def read() -> None:
        async with aclosing(listen(url, ffmpeg=ffmpeg, clock=CLOCK)) as stream:
            async for block in stream:
                blocks.append(block)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(CaptureError) as caught:
        await read()
    return blocks, caught.value


async def test_blocks_follow_each_other_and_time_is_true(media: Media, ffmpeg: str) -> None:
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        blocks = await some(server.url("/hall"), ffmpeg, 2.2)
        _, began = await server.played()
    assert blocks[0].media.ns == 0
    for before, after in pairwise(blocks):
        assert after.media.seconds_since(before.media) == pytest.approx(len(before.data) / 32_000)
        assert after.wall >= before.wall
    # The beep of each full second was heard when it was sent, to within a packet or two.
    heard = wall_times(blocks)
    assert len(heard) >= 2
    for beep in heard[1:]:
        late_s = (beep - began + 0.5) % 1 - 0.5
        assert -0.1 < late_s < 0.25


async def test_any_codec_rate_and_layout_becomes_the_same_pcm(
    media: Media, system_ffmpeg: str
) -> None:
    kinds = (("pcm_alaw", 8000, 1), ("libopus", 48_000, 2), ("pcm_s16be", 44_100, 2))
    mounts = {
        f"/{audio}": media(f"{audio}.mkv", seconds=10, audio=audio, rate=rate, channels=channels)
        for audio, rate, channels in kinds
    }
    async with rtsp_server(mounts) as server:
        heard = await asyncio.gather(
            *(some(server.url(mount), system_ffmpeg, 2.2) for mount in mounts)
        )
    for beeps in map(media_times, heard):
        assert len(beeps) >= 2
        assert all(b - a == pytest.approx(1, abs=0.02) for a, b in pairwise(beeps))


async def test_sound_that_starts_late_is_waited_for(media: Media, system_ffmpeg: str) -> None:
    late = media("late.mkv", seconds=8, audio_starts_s=1.5)
    async with rtsp_server({"/late": late}) as server:
        blocks = await some(server.url("/late"), system_ffmpeg, 1.2)
        _, began = await server.played()
    # Its beeps lie at 1.5 s, 2.5 s …; media time begins with the sound, wall time knows better.
    for beep in wall_times(blocks)[1:]:
        assert -0.1 < (beep - began) % 1 - 0.5 < 0.25


@pytest.mark.parametrize("digest", [False, True])
async def test_a_password_with_odd_characters_is_understood(
    media: Media, ffmpeg: str, digest: bool
) -> None:
    hall = {"/hall": media("hall.mkv", seconds=30)}
    async with rtsp_server(hall, credentials="me:p@ss:w%rd", digest=digest) as server:
        url = server.url("/hall", "me:p%40ss%3Aw%25rd")
        assert await some(url, ffmpeg, 0.2)


async def test_the_end_of_a_stream_comes_after_all_its_sound(media: Media, ffmpeg: str) -> None:
    async with rtsp_server({"/short": media("short.mkv", seconds=1.5)}) as server:
        blocks, error = await to_the_end(server.url("/short"), ffmpeg)
    assert type(error) is StreamEnded
    assert sum(len(block.data) for block in blocks) / 32_000 == pytest.approx(1.5, abs=0.2)


async def test_a_change_of_sample_rate_midway_leaves_the_sound_whole(
    changing: Path, ffmpeg: str
) -> None:
    async with http_file(changing) as url:
        blocks, error = await to_the_end(url, ffmpeg)
    assert type(error) is StreamEnded
    beeps = media_times(blocks)
    assert len(beeps) == 8
    assert all(after - before == pytest.approx(1, abs=0.1) for before, after in pairwise(beeps))


async def test_a_camera_that_comes_back_with_another_rate_is_heard(
    media: Media, system_ffmpeg: str
) -> None:
    first, second = media("hall.mkv", seconds=30), media("wide.mkv", seconds=10, rate=44_100)
    async with rtsp_server({"/hall": first}) as server:
        port = server.port
        assert await some(server.url("/hall"), system_ffmpeg, 0.5)
    async with rtsp_server({"/hall": second}, port=port) as server:
        beeps = media_times(await some(server.url("/hall"), system_ffmpeg, 2.2))
    assert all(after - before == pytest.approx(1, abs=0.02) for before, after in pairwise(beeps))


async def test_a_recording_that_comes_faster_than_time_is_refused(
    media: Media, system_ffmpeg: str
) -> None:
    recording = media("recording.ogg", seconds=70, audio="libopus", video=None)
    async with http_file(recording) as url:
        blocks, error = await to_the_end(url, system_ffmpeg)
    assert type(error) is UnsupportedSource
    assert "60 s ahead of the clock" in str(error)
    assert blocks[-1].media.ns / 1e9 < 61


async def test_a_looped_file_plays_on_in_real_time(media: Media, ffmpeg: str) -> None:
    file = media("blip.mkv", seconds=0.6, video=None)
    began = time.monotonic()
    blocks = await some(f"{file.as_uri()}?loop=1", ffmpeg, 1.5)
    assert blocks[-1].media.ns / 1e9 >= 1.5
    assert time.monotonic() - began > 1.0


async def test_a_file_in_a_folder_with_a_space_is_found(
    media: Media, system_ffmpeg: str, tmp_path: Path
) -> None:
    folder = tmp_path / "my: 50% #1"
    folder.mkdir()
    file = (folder / "a b.mkv").absolute()
    file.write_bytes(media("blip.mkv", seconds=0.6, video=None).read_bytes())
    blocks, error = await to_the_end(file.as_uri(), system_ffmpeg)
    assert type(error) is StreamEnded
    assert blocks


async def test_closing_early_ends_ffmpeg(media: Media, ffmpeg: str) -> None:
    async with rtsp_server({"/hall": media("hall.mkv", seconds=30)}) as server:
        stream = listen(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK)
        await anext(stream)
        assert len(ffmpegs()) == 1
        await stream.aclose()
        assert ffmpegs() == []


async def test_a_slow_consumer_can_still_close(changing: Path, ffmpeg: str) -> None:
    """Unread sound fills every pipe between FFmpeg and us; ending it must not wait for them."""
    async with http_file(changing) as url:
        stream = listen(url, ffmpeg=ffmpeg, clock=CLOCK)
        await anext(stream)
        async with asyncio.timeout(5):
            await stream.aclose()
