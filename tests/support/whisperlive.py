"""A real WhisperLive server for tests, as a house runs it. Skips where it is not installed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from wallflower.asr.embedded.model import offline_model
from wallflower.asr.whisperlive.local import LocalConfig, LocalServer
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.health import Health
from wallflower.runtime.supervisor import supervise

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = Path(os.environ.get("WALLFLOWER_WHISPERLIVE", ROOT / ".venv-whisperlive"))
START_S: Final = 90.0
"""Ends a test that fails; a start takes about 4 s on an idle machine."""


def environment() -> Path:
    """The server's environment; skips the test where it was not made."""
    if not (FOLDER / "installed").is_file():
        pytest.skip(f"no WhisperLive server in {FOLDER}; make it with script/setup-whisperlive")
    return FOLDER


def model() -> Path:
    """The weights of tiny.en."""
    folder = offline_model()
    assert folder is not None, "install the extra 'offline': the tests use its model"
    return folder


def local_config(*, max_clients: int = 4, memory_mb: int = 4000) -> LocalConfig:
    return LocalConfig(
        folder=environment(), model=model, max_clients=max_clients, memory_mb=memory_mb
    )


def server_pid(name: str) -> int:
    """The process id of the local server `name` ("127.0.0.1:port"), a child of ours."""
    port = f"--port\0{name.rpartition(':')[2]}\0".encode()
    (pid,) = [
        int(pid)
        for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        if port in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return pid


async def listens(server: LocalServer) -> int:
    """The server's process id once clients can connect."""
    async with asyncio.timeout(START_S):
        await server.listening.wait()
    assert server.pid is not None
    return server.pid


@asynccontextmanager
async def local_server(*, max_clients: int = 4) -> AsyncIterator[LocalServer]:
    """A supervised server that takes clients, as `asr.whisperlive.local` runs it."""
    clock = SystemClock()
    server = LocalServer(local_config(max_clients=max_clients), clock)
    keeping = asyncio.create_task(
        supervise("whisperlive server", server.run_once, clock=clock, health=Health())
    )
    try:
        await listens(server)
        yield server
    finally:
        keeping.cancel()
        await asyncio.wait((keeping,))
        server.close()
