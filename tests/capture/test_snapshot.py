"""Pictures of real streams, taken by both generations of FFmpeg."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from tests.capture.conftest import Media, ffmpegs
from tests.capture.served import http_file, mute_port
from tests.support.clock import ManualClock
from tests.support.rtsp import rtsp_server
from wallflower.capture import probe, snapshot
from wallflower.domain.errors import BadStreamUrl, NoPicture, Unauthorized, Unreachable
from wallflower.domain.tracks import VideoTrack
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()


async def seen(picture: bytes, folder: Path, ffmpeg: str) -> tuple[str, int, int]:
    """What FFmpeg makes of a picture: codec, width, height."""
    file = folder / "seen.jpg"
    await asyncio.to_thread(file.write_bytes, picture)
    track = (await probe(file.as_uri(), ffmpeg=ffmpeg, clock=CLOCK)).video
    assert isinstance(track, VideoTrack)
    return track.codec, track.width, track.height


async def test_a_camera_with_and_without_sound(media: Media, ffmpeg: str, tmp_path: Path) -> None:
    hall, silent = media("hall.mkv", seconds=30), media("silent.mkv", seconds=5, audio=None)
    async with rtsp_server({"/hall": hall, "/silent": silent}) as server:
        as_it_is, small, large = await asyncio.gather(
            snapshot(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK),
            snapshot(server.url("/silent"), ffmpeg=ffmpeg, clock=CLOCK, width=100),
            snapshot(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK, width=4000),
        )
    assert as_it_is.startswith(b"\xff\xd8\xff")
    assert await seen(as_it_is, tmp_path, ffmpeg) == ("mjpeg", 320, 240)
    assert await seen(small, tmp_path, ffmpeg) == ("mjpeg", 100, 76)
    assert await seen(large, tmp_path, ffmpeg) == ("mjpeg", 320, 240), "it is never blown up"


async def test_what_a_web_camera_serves(media: Media, ffmpeg: str, tmp_path: Path) -> None:
    async with http_file(media("web.ts", seconds=4)) as url:
        picture = await snapshot(url, ffmpeg=ffmpeg, clock=CLOCK)
    assert await seen(picture, tmp_path, ffmpeg) == ("mjpeg", 320, 240)


async def test_a_microphone_has_no_picture(media: Media, ffmpeg: str) -> None:
    sound = media("sound.mkv", seconds=30, video=None)
    async with rtsp_server({"/sound": sound}) as server:
        with pytest.raises(NoPicture, match=r"/sound on 127.0.0.1:\d+ has no picture"):
            await snapshot(server.url("/sound"), ffmpeg=ffmpeg, clock=CLOCK)
    with pytest.raises(NoPicture, match="has no picture"):
        await snapshot(sound.as_uri(), ffmpeg=ffmpeg, clock=CLOCK)


async def test_a_password_is_neither_wrong_unsaid_nor_logged(
    media: Media, ffmpeg: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "wallflower")
    hall = {"/hall": media("hall.mkv", seconds=30)}
    async with rtsp_server(hall, credentials="me:s3cret") as server:
        with pytest.raises(Unauthorized):
            await snapshot(server.url("/hall", "me:wr0ng"), ffmpeg=ffmpeg, clock=CLOCK)
        assert await snapshot(server.url("/hall", "me:s3cret"), ffmpeg=ffmpeg, clock=CLOCK)
    assert "/hall" in caplog.text
    assert "s3cret" not in caplog.text
    assert "wr0ng" not in caplog.text


async def test_a_silent_host_is_given_up_on(ffmpeg: str) -> None:
    with mute_port() as port, pytest.raises(Unreachable, match="does not answer"):
        await snapshot(f"rtsp://127.0.0.1:{port}/x", ffmpeg=ffmpeg, clock=CLOCK, timeout_s=0.5)
    assert ffmpegs() == []


async def test_a_bad_url_starts_nothing() -> None:
    with pytest.raises(BadStreamUrl):
        await snapshot("rtsp://", ffmpeg="/nowhere/ffmpeg", clock=ManualClock())
