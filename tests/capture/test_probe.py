from __future__ import annotations

import asyncio

import pytest

from tests.capture.conftest import Media, ffmpegs
from tests.capture.served import closed_port, mute_port
from tests.capture.test_diagnosis import RECORDS, VERSIONS
from tests.support.clock import ManualClock
from tests.support.rtsp import rtsp_server
from wallflower.capture import probe
from wallflower.capture.probe import tracks
from wallflower.domain.errors import BadStreamUrl, Unauthorized, Unreachable
from wallflower.domain.tracks import AudioTrack, VideoTrack
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_tracks(version: str) -> None:
    audio, video = tracks(RECORDS[version]["file_no_audio"].lines)
    assert audio is None
    assert video == VideoTrack("h264", 320, 240, 15.0)
    audio, video = tracks(RECORDS[version]["ended"].lines)
    assert audio == AudioTrack("aac", 16_000, 1)
    assert video is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Stream #0:0: Audio: pcm_mulaw, 8000 Hz, 1 channels, s16, 64 kb/s", (8000, 1)),
        (
            "Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1, fltp",
            (48000, 6),
        ),
        ("Stream #0:1: Audio: opus, 48000 Hz, stereo, fltp (default)", (48000, 2)),
        ("Stream #0:1: Audio: ac3, 48000 Hz, 5.1(side), fltp, 384 kb/s", (48000, 6)),
    ],
)
def test_channel_layouts(line: str, expected: tuple[int, int]) -> None:
    audio, _ = tracks([f"[info]   {line}"])
    assert audio is not None
    assert (audio.sample_rate, audio.channels) == expected


def test_a_track_that_ffmpeg_knows_nothing_about_is_none() -> None:
    lines = ["[info]   Stream #0:0: Audio: none, 0 channels", "Stream #0:1: Video: none, 15 fps"]
    assert tracks(lines) == (None, None)


async def test_sound_and_picture_of_a_camera(media: Media, ffmpeg: str) -> None:
    hall, silent = media("hall.mkv", seconds=30), media("silent.mkv", seconds=5, audio=None)
    async with rtsp_server({"/hall": hall, "/silent": silent}) as server:
        both, picture = await asyncio.gather(
            probe(server.url("/hall"), ffmpeg=ffmpeg, clock=CLOCK),
            probe(server.url("/silent"), ffmpeg=ffmpeg, clock=CLOCK),
        )
    assert both.ok
    assert both.audio == AudioTrack("aac", 16_000, 1)
    assert both.video == VideoTrack("h264", 320, 240, 15.0)
    assert 0 < both.elapsed_ms < 10_000
    assert not picture.ok
    assert picture.audio is None
    assert picture.video == both.video


async def test_what_cannot_be_read_is_told_as_when_listening(media: Media, ffmpeg: str) -> None:
    with pytest.raises(Unreachable):
        await probe(f"rtsp://127.0.0.1:{closed_port()}/hall", ffmpeg=ffmpeg, clock=CLOCK)
    hall = {"/hall": media("hall.mkv", seconds=30)}
    async with rtsp_server(hall, credentials="me:s3cret") as server:
        with pytest.raises(Unauthorized):
            await probe(server.url("/hall", "me:wr0ng"), ffmpeg=ffmpeg, clock=CLOCK)


async def test_a_silent_host_is_given_up_on(ffmpeg: str) -> None:
    with mute_port() as port, pytest.raises(Unreachable, match="does not answer"):
        await probe(f"rtsp://127.0.0.1:{port}/x", ffmpeg=ffmpeg, clock=CLOCK, timeout_s=0.5)
    assert ffmpegs() == []


async def test_a_bad_url_starts_nothing() -> None:
    with pytest.raises(BadStreamUrl):
        await probe("rtsp://", ffmpeg="/nowhere/ffmpeg", clock=ManualClock())
