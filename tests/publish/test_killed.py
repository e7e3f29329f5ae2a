"""Wallflower dies without a word, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL, SIGSTOP

import pytest

from tests.publish.rig import rigged, serving
from tests.support.mosquitto import listening, retained
from wallflower.publish import MqttConfig

pytestmark = pytest.mark.peer

STATUS = "wallflower/status"
PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.publish.rig import rigged
from wallflower.publish import MqttConfig

async def main():
    config = MqttConfig("127.0.0.1", int(sys.argv[1]))
    async with rigged(Path(sys.argv[2]), config) as rig:
        await rig.publisher.run_once()

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def another(config: MqttConfig, folder: Path) -> AsyncIterator[Process]:
    """A Wallflower in a process of its own, which is online."""
    async with listening(config.port, STATUS) as listener:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, str(config.port), str(folder)
        )
        try:
            await listener.until(lambda me: me.on(STATUS)[-1:] == ["online"])
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def test_its_will_says_that_it_is_gone(config: MqttConfig, tmp_path: Path) -> None:
    async with listening(config.port) as listener, another(config, tmp_path) as child:
        child.send_signal(SIGKILL)
        await listener.until(lambda me: me.on(STATUS)[-1:] == ["offline"])
    kept = await retained(config.port)
    assert kept[STATUS] == "offline"
    # The streams' own status cannot change any more; entities need both.
    assert kept["wallflower/hall/status"] == "online"


async def test_its_next_life_is_there_again(config: MqttConfig, tmp_path: Path) -> None:
    async with another(config, tmp_path) as child:
        child.send_signal(SIGKILL)
        await child.wait()
    async with rigged(tmp_path, config) as rig, listening(config.port) as listener, serving(rig):
        await listener.until(lambda me: me.on(STATUS)[-1] == "online")


async def test_its_next_life_is_there_before_the_broker_has_noticed(
    config: MqttConfig, tmp_path: Path
) -> None:
    async with another(config, tmp_path) as child:
        # As after a power cut: nobody closes the connection.
        child.send_signal(SIGSTOP)
        (tmp_path / "next").mkdir()
        async with (
            rigged(tmp_path / "next", config) as rig,
            listening(config.port) as listener,
            serving(rig),
        ):
            # The will of the former life, too, comes before the word of this one.
            await listener.until(lambda me: "offline" in me.on(STATUS))
            await listener.until(lambda me: me.on(STATUS)[-1] == "online")
            assert (await retained(config.port))[STATUS] == "online"
