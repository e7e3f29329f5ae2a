from __future__ import annotations

import asyncio
import os
import signal

import pytest

from wallflower.domain.errors import MissingProgram
from wallflower.runtime.process import running

SHELL = "/bin/sh"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_finished_comes_after_the_last_word_on_stderr() -> None:
    heard: list[str] = []
    many = 'i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 3'
    async with running([SHELL, "-c", many], on_stderr=heard.append) as process:
        assert await process.finished() == 3
    assert heard == [f"line {number}" for number in range(2000)]
    assert process.stderr_tail[-1] == "line 1999"


async def test_leaving_ends_a_child_whose_output_nobody_read() -> None:
    """It fills its pipe and our buffer; asyncio's `wait` alone would then wait for ever."""
    async with asyncio.timeout(10), running([SHELL, "-c", "exec yes 12345678"]) as process:
        await process.stdout.readexactly(1 << 16)
    assert not alive(process.pid)


async def test_a_stopped_child_is_ended() -> None:
    async with running([SHELL, "-c", "exec sleep 60"], grace_s=0.1) as process:
        os.kill(process.pid, signal.SIGSTOP)
    assert not alive(process.pid)


async def test_a_child_that_ignores_sigterm_is_killed_when_ending_is_cancelled() -> None:
    stubborn = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    async with running([SHELL, "-c", stubborn], grace_s=0.0) as process:
        await process.stdout.readline()
        ending = asyncio.create_task(process.end(grace_s=60.0))
        await asyncio.sleep(0)
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        assert await process.wait() == -signal.SIGKILL


async def test_a_program_that_is_missing() -> None:
    with pytest.raises(MissingProgram, match="no-such-program"):
        async with running(["no-such-program"]):
            raise AssertionError("started")
