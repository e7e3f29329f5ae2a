"""`wallflower run` as a real child process, its log read line by line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.mosquitto import free_port
from wallflower.runtime.process import Process, running

WAIT_S = 90.0
"""Ends a test that fails; a start takes about 4 s on an idle machine."""


class Child:
    """A house in a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.log: list[str] = []
        self._grown = asyncio.Event()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def ended(self) -> int:
        """Its exit status, waited for."""
        assert self._process is not None
        return await self._process.finished()

    async def logged(self, pattern: str) -> str:
        """The first line of its log that `pattern` is found in, waited for."""
        try:
            async with asyncio.timeout(WAIT_S):
                while True:
                    self._grown.clear()
                    for line in self.log:
                        if re.search(pattern, line):
                            return line
                    await self._grown.wait()
        except TimeoutError:
            raise TimeoutError("\n".join([f"no {pattern!r} in:", *self.log])) from None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ffmpegs(self) -> dict[str, int]:
        """Process ids of its FFmpegs by the URL that each reads."""
        return ffmpegs_of(self.pid)

    def _note(self, line: str) -> None:
        self.log.append(line)
        self._grown.set()


def ffmpegs_of(parent: int) -> dict[str, int]:
    """Process ids of a process's FFmpegs by the URL that each reads."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    found = {}
    for pid in children:
        argv = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if "ffmpeg" in argv[0]:
            found[argv[argv.index("-i") + 1]] = int(pid)
    return found


def argv(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "wallflower", *arguments]


def environment(folder: Path) -> dict[str, str]:
    """Ours, but without anybody's settings and with a home of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("WALLFLOWER_")}
    return {**kept, "XDG_DATA_HOME": str(folder)}


def write_settings(file: Path, settings: Mapping[str, Any]) -> Path:
    file.write_text(yaml.safe_dump(dict(settings)))
    return file


@contextlib.asynccontextmanager
async def house(folder: Path, settings: Mapping[str, Any]) -> AsyncIterator[Child]:
    """`wallflower run` with its data in `folder`, once its page answers."""
    child = Child(free_port())
    server = {"host": "127.0.0.1", **settings.get("server", {}), "port": child.port}
    config = write_settings(folder / "wallflower.yaml", {**settings, "server": server})
    command = argv("run", "--config", str(config), "--data", str(folder / "data"))
    async with running(
        command, on_stderr=child._note, stdout=False, env=environment(folder), grace_s=10.0
    ) as process:
        child._process = process
        page = asyncio.create_task(child.logged(r"Wallflower \S+: http://"))
        ended = asyncio.create_task(process.finished())
        await asyncio.wait((page, ended), return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not page.done():
            page.cancel()
            raise EOFError("\n".join(["it ended:", *child.log]))
        await page
        yield child


async def gone(pid: int) -> None:
    """Return the moment that process `pid` ends, whoever's child it is."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    exited = asyncio.Event()
    loop.add_reader(handle, exited.set)
    try:
        async with asyncio.timeout(WAIT_S):
            await exited.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


async def run_to_end(folder: Path, *arguments: str) -> tuple[int, str, list[str]]:
    """Run a `wallflower` command: its exit status, stdout and lines of stderr."""
    errors: list[str] = []
    async with (
        asyncio.timeout(WAIT_S),
        running(argv(*arguments), on_stderr=errors.append, env=environment(folder)) as process,
    ):
        out = (await process.stdout.read()).decode()
        return await process.finished(), out, errors
