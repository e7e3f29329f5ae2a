"""Real cameras for tests: an RTSP server on loopback and media made by FFmpeg for it."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from wallflower.cli import bench
from wallflower.runtime.process import Process, running

SCRIPT: Final = Path(bench.__file__).with_name("rtsp_server.py")
PYTHON: Final = "/usr/bin/python3"
"""The system's: Debian's GStreamer bindings are not in a virtual environment."""
NEEDS: Final = (
    "gir1.2-gst-rtsp-server-1.0 gir1.2-gst-plugins-base-1.0 python3-gi "
    "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)


class RtspServer:
    """A running server. `facts` are the lines it prints, see `wallflower/cli/bench`."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    def url(self, mount: str, credentials: str = "") -> str:
        """`rtsp://…` of a mount such as `/hall`; `credentials` as `user:password`."""
        at = f"{credentials}@" if credentials else ""
        return f"rtsp://{at}127.0.0.1:{self.port}{mount}"

    async def played(self) -> tuple[str, float]:
        """The next mount that a client begins to play, and the POSIX time its media began."""
        fact = await _fact(self.process)
        return str(fact["play"]), float(fact["wall"])


@asynccontextmanager
async def rtsp_server(
    mounts: Mapping[str, Path],
    *,
    credentials: str | None = None,
    digest: bool = False,
    port: int = 0,
) -> AsyncIterator[RtspServer]:
    """Serve each Matroska file of `mounts` (`/name`: file), each client from its beginning.

    `credentials`, as `user:password`, are asked of everybody. Skips the test, saying why, where
    the server's parts are not installed.
    """
    argv = [PYTHON, str(SCRIPT), "--port", str(port), *(["--digest"] if digest else [])]
    for mount, file in mounts.items():
        argv += ["--mount", f"{mount}={file}"]
    if credentials is not None:
        user, _, password = credentials.partition(":")
        argv += ["--user", user, "--password", password]
    if shutil.which(PYTHON) is None:
        pytest.skip(f"no {PYTHON}; on Debian: apt-get install {NEEDS}")
    async with running(argv) as process:
        try:
            port = int((await _fact(process))["port"])
        except EOFError:
            reason = process.stderr_tail[-1] if process.stderr_tail else "it said nothing"
            if "gi" in reason or "Namespace" in reason:
                pytest.skip(f"no RTSP server ({reason}); on Debian: apt-get install {NEEDS}")
            raise
        yield RtspServer(process, port)


async def _fact(process: Process) -> dict[str, Any]:
    async with asyncio.timeout(30):
        if not (line := await process.stdout.readline()):
            await process.finished()
            raise EOFError(f"the RTSP server ended: {list(process.stderr_tail)}")
    fact: dict[str, Any] = json.loads(line)
    return fact


BEEPS: Final = "aevalsrc=if(lt(mod(t\\,1)\\,0.05)\\,0.5*sin(6283*t)\\,0.01*(random(0)-0.5))"
"""A beep of 50 ms at every full second over faint noise, in FFmpeg's words."""


def make_media(
    file: Path,
    *,
    seconds: float = 10.0,
    speech: Path | None = None,
    audio: str | None = "aac",
    rate: int = 16_000,
    channels: int = 1,
    audio_starts_s: float = 0.0,
    video: str | None = "320x240",
    fps: int = 15,
    ffmpeg: str = "ffmpeg",
) -> Path:
    """Write a media file and return its path; blocks, a second or so.

    Its sound is `speech` or `BEEPS`, coded as `audio` (FFmpeg's encoder; None: no sound) and
    beginning `audio_starts_s` after the picture. The picture is a moving test card of size
    `video` in H.264, key frames each second (None: no picture).
    """
    argv = [ffmpeg, "-v", "error", "-nostdin", "-y"]
    if video is not None:
        argv += ["-f", "lavfi", "-i", f"testsrc2=size={video}:rate={fps}:duration={seconds}"]
    if audio is not None:
        sound = ["-i", str(speech)] if speech else ["-f", "lavfi", "-i", f"{BEEPS}:s={rate}"]
        argv += ["-itsoffset", str(audio_starts_s), *sound]
    if video is not None:
        look = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "2M"]
        argv += [*look, "-g", str(fps), "-threads", "1"]
    if audio is not None:
        argv += ["-c:a", audio, "-ar", str(rate), "-ac", str(channels)]
    subprocess.run([*argv, "-t", str(seconds), str(file)], check=True, capture_output=True)
    return file
