"""One child process: its output read to the end, its life ended for certain."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from wallflower.domain.errors import MissingProgram

STDERR_LINE_BYTES: Final = 64 * 1024
TAIL_LINES: Final = 40

_log = logging.getLogger(__name__)


class Process:
    """A running child. Made by `running`, which also ends it."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._drain: asyncio.Task[None] | None = None
        self.stderr_tail: deque[str] = deque(maxlen=TAIL_LINES)
        """The last lines it wrote to stderr."""

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def stdout(self) -> asyncio.StreamReader:
        """Raises `RuntimeError` when started without a stdout pipe."""
        if self._child.stdout is None:
            raise RuntimeError("started without a stdout pipe")
        return self._child.stdout

    async def wait(self) -> int:
        """Exit status; negative: the signal that ended it."""
        return await self._child.wait()

    async def finished(self) -> int:
        """Exit status as `wait`, once all its stderr was heard too."""
        if self._drain is not None:
            await asyncio.wait((self._drain,))
        return await self._child.wait()

    async def end(self, grace_s: float) -> None:
        """SIGTERM, and SIGKILL after `grace_s` or when cancelled.

        A stopped (SIGSTOP) child dies too.
        """
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGTERM)
                try:
                    async with asyncio.timeout(grace_s):
                        await self._child.wait()
                except TimeoutError:
                    _log.debug("Process %d does not heed SIGTERM.", self.pid)
                finally:
                    if self._child.returncode is None:
                        self._child.kill()
        await self._child.wait()


@contextlib.asynccontextmanager
async def running(
    argv: Sequence[str],
    *,
    on_stderr: Callable[[str], None] = lambda _line: None,
    stdout: bool = True,
    env: Mapping[str, str] | None = None,
    grace_s: float = 1.0,
    stdout_limit: int = 1 << 16,
) -> AsyncIterator[Process]:
    """Start `argv`, drain its stderr line by line into `on_stderr`, end it on leaving.

    Raises `MissingProgram` when the program is not there.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if stdout else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            limit=stdout_limit,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise MissingProgram(f"The program {argv[0]!r} cannot be started: {error}.") from error
    process = Process(child)
    drain = asyncio.create_task(_drain(child, process, on_stderr), name=f"stderr of {argv[0]}")
    process._drain = drain
    try:
        yield process
    finally:
        # A reader that stopped halfway leaves a full pipe, and `wait` lasts until pipes are empty.
        rest = asyncio.create_task(_discard(child.stdout), name=f"stdout of {argv[0]}")
        await process.end(grace_s)
        # Grandchildren may hold the pipes open; do not wait for them for long.
        await asyncio.wait((drain, rest), timeout=grace_s)
        drain.cancel()
        rest.cancel()


async def _discard(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(STDERR_LINE_BYTES):
        pass


async def _drain(
    child: asyncio.subprocess.Process, process: Process, on_line: Callable[[str], None]
) -> None:
    if child.stderr is None:
        return
    pending = b""
    while chunk := await child.stderr.read(STDERR_LINE_BYTES):
        *lines, pending = (pending + chunk).replace(b"\r", b"\n").split(b"\n")
        pending = pending[-STDERR_LINE_BYTES:]
        for raw in lines:
            if line := raw.decode(errors="replace").strip():
                process.stderr_tail.append(line)
                on_line(line)
    if line := pending.decode(errors="replace").strip():
        process.stderr_tail.append(line)
        on_line(line)
