"""The real server as a child of ours: it dies in every way, and never outlives us."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.child import gone
from tests.support.clock import ManualClock, settle
from tests.support.whisperlive import listens, local_config, local_server, model
from wallflower.asr.whisperlive.local import LocalConfig, LocalServer
from wallflower.asr.whisperlive.local.serve import SACRIFICE
from wallflower.asr.whisperlive.local.server import MEMORY_EVERY_S, NICENESS, START_S, resident_mb
from wallflower.domain.errors import EngineFailed, MissingProgram, ModelMissing
from wallflower.runtime.clock import SystemClock
from wallflower.runtime.process import running


def _of(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


async def test_it_serves_where_it_says_and_yields_to_others() -> None:
    async with local_server() as server:
        pid = server.pid
        assert pid is not None
        await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port)
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
        assert _of(pid, "oom_score_adj").strip() == str(SACRIFICE)
        assert "OMP_NUM_THREADS=1" in _of(pid, "environ").split("\0")
        # Killed: its supervisor starts another at the same place.
        url = server.url
        os.kill(pid, signal.SIGKILL)
        await gone(pid)
        while server.listening.is_set():
            await settle()
        assert await listens(server) != pid
        assert (server.url, server.starts) == (url, 2)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", urlsplit(url).port)


async def test_it_is_ended_when_asked_and_when_it_grows() -> None:
    clock = ManualClock()
    server = LocalServer(local_config(memory_mb=50), clock)
    server.restart("Too early to hit anything.")
    run = asyncio.create_task(server.run_once())
    pid = await listens(server)
    # A stopped process heeds nothing but SIGKILL.
    os.kill(pid, signal.SIGSTOP)
    server.restart("It does not answer.")
    with pytest.raises(EngineFailed, match="It does not answer"):
        await run
    assert (server.pid, server.listening.is_set()) == (None, False)

    run = asyncio.create_task(server.run_once())
    await listens(server)
    await clock.advance(MEMORY_EVERY_S)
    with pytest.raises(EngineFailed, match=r"used \d+ MB.*asr.whisperlive.memory_mb"):
        await run
    server.close()


async def test_it_does_not_outlive_a_killed_house(tmp_path: Path) -> None:
    config, weights = local_config(), await asyncio.to_thread(model)
    program = tmp_path / "house.py"
    program.write_text(f"""
import asyncio, pathlib
from wallflower.asr.whisperlive.local import LocalConfig, LocalServer
from wallflower.runtime.clock import SystemClock
async def main():
    model = pathlib.Path({str(weights)!r})
    config = LocalConfig(pathlib.Path({str(config.folder)!r}), lambda: model)
    server = LocalServer(config, SystemClock())
    run = asyncio.create_task(server.run_once())
    await server.listening.wait()
    print(server.pid, flush=True)
    await run
asyncio.run(main())
""")
    async with running([sys.executable, str(program)]) as house:
        pid = int(await house.stdout.readline())
        os.kill(house.pid, signal.SIGKILL)
        await gone(pid)


async def test_a_missing_environment_names_what_to_do(tmp_path: Path) -> None:
    server = LocalServer(LocalConfig(tmp_path, model), SystemClock())
    with pytest.raises(MissingProgram, match="run script/setup-whisperlive"):
        await server.run_once()
    server.close()


async def test_a_missing_model_is_told_as_it_is() -> None:
    def none() -> Path:
        raise ModelMissing("There is no model.")

    server = LocalServer(LocalConfig(local_config().folder, none), SystemClock())
    with pytest.raises(ModelMissing):
        await server.run_once()
    server.close()


async def test_a_broken_environment_says_why(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho 'ImportError: no torch' >&2\nexit 3\n")
    python.chmod(0o755)
    server = LocalServer(LocalConfig(tmp_path, model), SystemClock())
    with pytest.raises(EngineFailed, match=r"ended with status 3 \(ImportError: no torch\)"):
        await server.run_once()
    server.close()


async def test_a_server_that_never_listens_is_given_up() -> None:
    clock = ManualClock()
    server = LocalServer(local_config(), clock)
    run = asyncio.create_task(server.run_once())
    while server.pid is None:
        await settle()
    os.kill(server.pid, signal.SIGSTOP)
    while clock.sleepers < 2:
        await settle()
    await clock.advance(START_S)
    with pytest.raises(EngineFailed, match="did not start within"):
        await run
    server.close()


def test_the_memory_of_a_process_that_is_gone() -> None:
    assert resident_mb(os.getpid()) > 1.0
    assert resident_mb(2**22 + 1) == 0.0  # Linux has no larger process ids than 2**22
