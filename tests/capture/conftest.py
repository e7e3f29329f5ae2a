"""Media for cameras, and both generations of FFmpeg."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.rtsp import make_media
from wallflower.capture import find_ffmpeg


@pytest.fixture(scope="session")
def system_ffmpeg() -> str:
    """The one a user would get; makes the media too (Debian's and imageio's have libx264)."""
    return find_ffmpeg()


@pytest.fixture(params=["system", "imageio"])
def ffmpeg(request: pytest.FixtureRequest, system_ffmpeg: str) -> str:
    """Every test that asks for it runs with Debian's FFmpeg and with imageio's newer one."""
    if request.param == "system":
        return system_ffmpeg
    return str(pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe())


Media = Callable[..., Path]


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory, system_ffmpeg: str) -> Media:
    """`media("hall.mkv", seconds=5, …)`: as `make_media`, each file made once."""
    folder = tmp_path_factory.mktemp("media")

    def make(name: str, **how: object) -> Path:
        file = folder / name
        return file if file.exists() else make_media(file, ffmpeg=system_ffmpeg, **how)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def changing(media: Media) -> Path:
    """MPEG-TS whose sound changes from 16 kHz mono to 44.1 kHz stereo after 4 of 8 seconds."""
    before = media("before.ts", seconds=4.0, video=None)
    after = media("after.ts", seconds=4.0, video=None, rate=44_100, channels=2)
    both = before.with_name("changing.ts")
    both.write_bytes(before.read_bytes() + after.read_bytes())
    return both


def ffmpegs() -> list[int]:
    """Process ids of the FFmpegs this process has started and not reaped."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"ffmpeg" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.fixture(autouse=True)
def no_ffmpeg_is_left() -> Iterator[None]:
    """Whatever a test does to a capture, its FFmpeg must be gone."""
    yield
    assert ffmpegs() == []


def hole(file: Path, ffmpeg: str) -> Path:
    """Sound of 8 s whose timestamps have a hole from 2.9 s to 5.5 s."""
    beeps = "aevalsrc=if(lt(mod(t\\,1)\\,0.05)\\,0.5*sin(6283*t)\\,0):s=16000:d=8"
    cut = "aselect=not(between(t\\,2.9\\,5.5))"
    argv = [ffmpeg, "-v", "error", "-y", "-f", "lavfi", "-i", f"{beeps},{cut}"]
    subprocess.run([*argv, "-c:a", "pcm_s16le", str(file)], check=True)
    return file
