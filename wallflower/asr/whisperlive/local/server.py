"""The local WhisperLive server: a process of ours, watched and started again."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wallflower.asr.whisperlive.local.log import ServerLog
from wallflower.asr.whisperlive.local.port import HOST, ReservedPort
from wallflower.domain.errors import EngineFailed, MissingProgram
from wallflower.runtime.clock import Clock, wait_until
from wallflower.runtime.process import Process, running

SERVE: Final = Path(__file__).with_name("serve.py")
LISTENS: Final = "server listening on"
"""What the server's WebSocket library logs once clients can connect."""
START_S: Final = 120.0
"""PyTorch alone takes seconds to import, on a busy box much longer."""
MEMORY_EVERY_S: Final = 5.0
CONNECTION_S: Final = 24 * 3600
"""How long a client may stay. It is us: no other waits for the slot."""
NICENESS: Final = 10
"""Cameras and the embedded engine go first when the processor is short."""

_log = logging.getLogger("wallflower.whisperlive.server")


@dataclass(frozen=True, slots=True)
class LocalConfig:
    """How to run the server."""

    folder: Path
    """Its environment, as `script/setup-whisperlive` makes it."""
    model: Callable[[], Path]
    """Gives the folder of CTranslate2 weights; may fetch them first, so it is called in a thread.
    Raises `ModelMissing` or `BadSettings`."""
    threads: int = 1
    """Cores that one transcription may use."""
    max_clients: int = 4
    memory_mb: int = 2000
    """Resident memory above which it is started again."""


class LocalServer:
    """`run_once` is for a supervisor: it runs the server until it dies or must be restarted.

    The server's address (`url`) stays the same over all runs. Everything but the constructor
    belongs to one event loop.
    """

    def __init__(self, config: LocalConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self.on_listening: Callable[[], None] = lambda: None
        """Called each time that clients can connect."""
        self._port = ReservedPort()
        self._asked = asyncio.Event()
        self._reason = ""
        self.listening = asyncio.Event()
        """Set while clients can connect."""
        self.pid: int | None = None
        """None while it does not run."""
        self.starts = 0
        """How often it was started."""

    @property
    def url(self) -> str:
        return f"ws://{HOST}:{self._port.number}"

    async def run_once(self) -> None:
        """Start the server and watch it for as long as it lives.

        Raises `MissingProgram` when its environment is not there, what `config.model` raises, and
        `EngineFailed` with the reason when it ended, had to be ended, or did not start.
        """
        python = await asyncio.to_thread(find_server, self._config.folder)
        model = await asyncio.to_thread(self._config.model)
        self._asked.clear()
        self.starts += 1
        log = ServerLog(lambda level, text: _log.log(level, "WhisperLive: %s", text), self._clock)

        def take(line: str) -> None:
            log.take(line)
            if LISTENS in line:
                self.listening.set()
                self.on_listening()

        env = {**os.environ, "OMP_NUM_THREADS": str(self._config.threads)}
        async with running(
            self._argv(python, model), on_stderr=take, stdout=False, env=env
        ) as process:
            self.pid = process.pid
            try:
                raise EngineFailed(await self._end_of(process))
            finally:
                self.pid = None
                self.listening.clear()

    def restart(self, reason: str) -> None:
        """End the running server; the supervisor starts it again. `reason` is a sentence.

        Does nothing while it is starting or away, so a late complaint hits no fresh server.
        """
        if self.listening.is_set():
            self._reason = reason
            self._asked.set()

    def close(self) -> None:
        """Give the port back. `run_once` must have ended."""
        self._port.close()

    def _argv(self, python: Path, model: Path) -> list[str]:
        options = {
            "--parent": os.getpid(),
            "--port": self._port.number,
            "--model": model,
            "--max-clients": self._config.max_clients,
            "--max-connection-time": CONNECTION_S,
            "--nice": NICENESS,
        }
        # Isolated (-I), or Python would find our modules beside the script before its own.
        return [
            str(python),
            "-I",
            str(SERVE),
            *(str(part) for option in options.items() for part in option),
        ]

    async def _end_of(self, process: Process) -> str:
        """Wait until the server has ended or must be ended; the sentence why."""
        async with AsyncExitStack() as stack:
            watches = [
                asyncio.create_task(watch, name=f"WhisperLive: {name}")
                for name, watch in (
                    ("end", self._dies(process)),
                    ("start", self._starts_late()),
                    ("memory", self._grows(process.pid)),
                    ("restart", self._is_asked()),
                )
            ]
            stack.callback(lambda: [watch.cancel() for watch in watches])
            done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()

    async def _dies(self, process: Process) -> str:
        status = await process.finished()
        what = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        last = f" ({process.stderr_tail[-1]})" if status > 0 and process.stderr_tail else ""
        return f"The local WhisperLive server {what}{last}; it is started again."

    async def _starts_late(self) -> str:
        if not await wait_until(self.listening, START_S, self._clock):
            return f"The local WhisperLive server did not start within {START_S:.0f} s."
        return await asyncio.Future()

    async def _grows(self, pid: int) -> str:
        while True:
            await self._clock.sleep(MEMORY_EVERY_S)
            used_mb = await asyncio.to_thread(resident_mb, pid)
            if used_mb > self._config.memory_mb:
                return (
                    f"The local WhisperLive server used {used_mb:.0f} MB and is started again; "
                    "raise asr.whisperlive.memory_mb if its model needs that much."
                )

    async def _is_asked(self) -> str:
        await self._asked.wait()
        return self._reason


def find_server(folder: Path) -> Path:
    """The Python of the server's environment `folder`. Blocks for a moment.

    Raises `MissingProgram` when the server is not installed there.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        raise MissingProgram(
            f"The WhisperLive server is not installed in {folder}; run "
            "script/setup-whisperlive, or name its folder in asr.whisperlive.folder."
        )
    return python


def resident_mb(pid: int) -> float:
    """Resident memory of a process; 0 when it is gone. Blocks for a moment."""
    try:
        pages = (Path("/proc") / str(pid) / "statm").read_text().split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20
