"""The real peers of the benchmarks: an RTSP server and a broker, on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from wallflower.domain.errors import MissingProgram
from wallflower.runtime.process import Process, running

RTSP_SERVER: Final = Path(__file__).with_name("rtsp_server.py")
SYSTEM_PYTHON: Final = "/usr/bin/python3"
READY_S: Final = 60.0


class Cameras:
    """A running RTSP server. `began` tells when a mount's media began, once somebody plays it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.began: dict[str, float] = {}

    def url(self, mount: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}{mount}"


@asynccontextmanager
async def cameras(mounts: Mapping[str, Path]) -> AsyncIterator[Cameras]:
    """Serve each file of `mounts` (`/name`: file) to whoever connects; nothing without any."""
    if not mounts:
        yield Cameras(0)
        return
    argv = [SYSTEM_PYTHON, str(RTSP_SERVER), "--port", "0"]
    for mount, file in mounts.items():
        argv += ["--mount", f"{mount}={file}"]
    async with running(argv) as process:
        server = Cameras(await _port(process))
        follow = asyncio.create_task(_follow(process, server), name="camera plays")
        try:
            yield server
        finally:
            follow.cancel()


async def _port(process: Process) -> int:
    try:
        async with asyncio.timeout(READY_S):
            return int(json.loads(await process.stdout.readline())["port"])
    except (TimeoutError, ValueError, KeyError):
        reason = process.stderr_tail[-1] if process.stderr_tail else "it said nothing"
        needs = "gir1.2-gst-rtsp-server-1.0, python3-gi and GStreamer's plugins"
        raise MissingProgram(f"The RTSP server needs Debian's {needs} ({reason}).") from None


async def _follow(process: Process, server: Cameras) -> None:
    while row := await process.stdout.readline():
        said = json.loads(row)
        if "play" in said:
            # A file that ended is played again to a stream that came back: the first time counts.
            server.began.setdefault(said["play"], said["wall"])


@asynccontextmanager
async def broker() -> AsyncIterator[int]:
    """A Mosquitto of its own; gives its port."""
    path = os.environ["PATH"] + ":/usr/sbin"
    mosquitto = shutil.which("mosquitto", path=path)
    if mosquitto is None:
        raise MissingProgram("The benchmarks need Mosquitto; on Debian: apt-get install mosquitto.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    # Without a configuration file it serves loopback alone.
    async with running([mosquitto, "-p", str(port)], stdout=False):
        await _answers(port)
        yield port


async def _answers(port: int) -> None:
    """Wait until the port takes connections, at most `READY_S`."""
    async with asyncio.timeout(READY_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                # The broker does not tell when it is ready: asking is all one can do.
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
