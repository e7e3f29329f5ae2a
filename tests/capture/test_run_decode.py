"""Media files from beginning to end, with both generations of FFmpeg."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.capture.beeps import media_times
from tests.capture.conftest import Media, ffmpegs, hole
from tests.capture.served import http_file, mute_port
from wallflower.capture import decode
from wallflower.domain.errors import (
    BadStreamUrl,
    CaptureError,
    NoAudio,
    NoSuchStream,
    Unreachable,
    UnsupportedSource,
)
from wallflower.domain.pcm import PcmBlock
from wallflower.domain.times import WallTime
from wallflower.runtime.clock import SystemClock

CLOCK = SystemClock()
ORIGIN = WallTime.from_iso("2026-01-01T12:00:00Z")


async def decoded(source: Path | str, ffmpeg: str, stall_s: float = 30.0) -> list[PcmBlock]:
    stream = decode(str(source), ffmpeg=ffmpeg, clock=CLOCK, origin=ORIGIN, stall_s=stall_s)
    async with aclosing(stream) as blocks:
        return [block async for block in blocks]


async def test_all_of_a_file_comes_with_its_own_time(media: Media, ffmpeg: str) -> None:
    blocks = await decoded(media("ten.mkv", seconds=10), ffmpeg)
    assert sum(len(block.data) for block in blocks) / 32_000 == pytest.approx(10, abs=0.15)
    assert media_times(blocks) == pytest.approx(range(10), abs=0.08)
    assert all(block.wall.ns == ORIGIN.ns + block.media.ns for block in blocks)


async def test_sound_that_starts_late_keeps_its_place(media: Media, ffmpeg: str) -> None:
    blocks = await decoded(media("late.mkv", seconds=8, audio_starts_s=1.5), ffmpeg)
    assert media_times(blocks) == pytest.approx([1.5 + n for n in range(7)], abs=0.08)


async def test_a_hole_in_the_sound_keeps_its_length(tmp_path: Path, ffmpeg: str) -> None:
    blocks = await decoded(hole(tmp_path / "hole.mkv", ffmpeg), ffmpeg)
    assert media_times(blocks) == pytest.approx([0, 1, 2, 6, 7], abs=0.08)


async def test_a_change_of_rate_midway_is_told_not_torn(changing: Path, ffmpeg: str) -> None:
    with pytest.raises(UnsupportedSource, match="from 16000 Hz mono to 44100 Hz stereo midway"):
        await decoded(changing, ffmpeg)


async def test_sound_may_come_before_the_word_of_its_format(tmp_path: Path) -> None:
    """Which of two pipes is read first is chance; a program in FFmpeg's place decides it here."""
    gates = [tmp_path / "word", tmp_path / "rest"]
    for gate in gates:
        os.mkfifo(gate)
    program = tmp_path / "ffmpeg"
    program.write_text(
        "#!/bin/sh\nhead -c 64000 /dev/zero\n"
        f"read go <{gates[0]}\necho '[graph_0] samplerate:16000 chlayout:mono' >&2\n"
        f"read go <{gates[1]}\nhead -c 64000 /dev/zero\n"
    )
    program.chmod(0o755)
    told = asyncio.Event()
    stream = decode(
        str(tmp_path), ffmpeg=str(program), clock=CLOCK, on_detail=lambda _line: told.set()
    )
    heard = 0
    async with aclosing(stream) as blocks:
        async for block in blocks:
            heard += len(block.data)
            if heard > 60_000 and not told.is_set():
                await asyncio.to_thread(gates[0].write_text, "go\n")
                await told.wait()
                await asyncio.to_thread(gates[1].write_text, "go\n")
    assert heard == 128_000


async def test_a_slow_consumer_gets_everything(media: Media, ffmpeg: str) -> None:
    """Minutes wait in the file, not in memory, and none are dropped."""
    file = media("long.mkv", seconds=120, video=None)
    samples = 0
    async with aclosing(decode(str(file), ffmpeg=ffmpeg, clock=CLOCK)) as blocks:
        async for block in blocks:
            samples += len(block.data) // 2
            await asyncio.sleep(0)
            if samples == 2048:
                assert block.wall == WallTime(0), "without an origin, wall time is media time"
                assert ffmpegs(), "a finished FFmpeg would prove nothing"
    assert samples / 16_000 == pytest.approx(120, abs=0.1)


@pytest.mark.parametrize(
    ("name", "content", "kind", "words"),
    [
        ("missing.mkv", None, NoSuchStream, "There is no file"),
        ("notes.txt", b"remember the milk\n", UnsupportedSource, "not media"),
        ("empty.wav", b"", UnsupportedSource, "not media"),
    ],
)
async def test_a_file_that_is_none(
    tmp_path: Path,
    ffmpeg: str,
    name: str,
    content: bytes | None,
    kind: type[CaptureError],
    words: str,
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(kind, match=words) as caught:
        await decoded(file, ffmpeg)
    assert str(file) in str(caught.value)


async def test_a_film_without_sound(media: Media, ffmpeg: str) -> None:
    with pytest.raises(NoAudio, match="has no sound"):
        await decoded(media("silent.mkv", seconds=5, audio=None), ffmpeg)


async def test_a_sound_track_with_nothing_in_it(tmp_path: Path, media: Media, ffmpeg: str) -> None:
    header = media("blip.wav", seconds=0.1, audio="pcm_s16le", video=None).read_bytes()[:78]
    file = tmp_path / "nothing.wav"
    file.write_bytes(header)
    with pytest.raises(NoAudio, match="no sound in it"):
        await decoded(file, ffmpeg)


async def test_a_file_behind_a_url(media: Media, system_ffmpeg: str) -> None:
    async with http_file(media("ten.mkv", seconds=10)) as url:
        assert len(media_times(await decoded(url, system_ffmpeg))) == 10


async def test_a_url_that_never_answers(system_ffmpeg: str) -> None:
    with mute_port() as port, pytest.raises(Unreachable):
        await decoded(f"http://127.0.0.1:{port}/ten.mkv", system_ffmpeg, stall_s=0.5)


async def test_a_url_that_is_none() -> None:
    with pytest.raises(BadStreamUrl):
        await decoded("gopher://10.0.0.7/x", "ffmpeg")
