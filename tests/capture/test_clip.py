"""Recordings as people send them, with both generations of FFmpeg."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.conftest import Media
from wallflower.capture.clip import LONGEST_S, BadClip, hear_clip
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()


@pytest.mark.parametrize(
    ("name", "audio"),
    [
        ("clip.wav", "pcm_s16le"),
        ("clip.flac", "flac"),
        ("clip.mp3", "libmp3lame"),
        ("clip.ogg", "libvorbis"),
        ("clip.webm", "libopus"),
        ("clip.m4a", "aac"),  # its index is at its end: read forwards and backwards
    ],
)
async def test_the_sound_of_a_recording(media: Media, ffmpeg: str, name: str, audio: str) -> None:
    recording = media(name, seconds=3, video=None, audio=audio).read_bytes()
    pcm = await hear_clip(recording, ffmpeg=ffmpeg, clock=CLOCK)
    assert len(pcm) / 16_000 == pytest.approx(3.0, abs=0.15)
    assert pcm.dtype == "int16"
    assert abs(pcm).max() > 1000


@pytest.mark.parametrize(
    "recording",
    [b"", b"hello", b"RIFF\0\0\0\0WAVE", b"\0" * 5000, b"#EXTM3U\nfile:///etc/passwd\n"],
)
async def test_what_is_no_recording(ffmpeg: str, recording: bytes) -> None:
    with pytest.raises(BadClip, match="clip"):
        await hear_clip(recording, ffmpeg=ffmpeg, clock=CLOCK)


async def test_a_list_of_files_opens_none_of_them(
    media: Media, ffmpeg: str, tmp_path: Path
) -> None:
    secret = media("secret.wav", seconds=2, video=None, audio="pcm_s16le")
    for playlist in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{secret}'\n",
    ):
        with pytest.raises(BadClip, match="cannot read"):
            await hear_clip(playlist.encode(), ffmpeg=ffmpeg, clock=CLOCK)


async def test_a_recording_that_is_too_long(media: Media, ffmpeg: str) -> None:
    recording = media("too_long.mkv", seconds=LONGEST_S + 10, video=None).read_bytes()
    with pytest.raises(BadClip, match="longer than 120 s"):
        await hear_clip(recording, ffmpeg=ffmpeg, clock=CLOCK)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_nothing_stays_open(media: Media, ffmpeg: str) -> None:
    recording = media("clip.wav", seconds=3, video=None, audio="pcm_s16le").read_bytes()
    await hear_clip(recording, ffmpeg=ffmpeg, clock=CLOCK)
    before = open_files()
    for _ in range(3):
        await hear_clip(recording, ffmpeg=ffmpeg, clock=CLOCK)
    assert open_files() <= before
