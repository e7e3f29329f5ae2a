"""A whole Wallflower as a process of its own, as a user runs it, and what it publishes."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiomqtt
import yaml

from wallflower.domain.errors import WallflowerError
from wallflower.domain.times import WallTime
from wallflower.runtime.process import Process, running

LISTENING_S: Final = 60.0


@dataclass(slots=True)
class Heard:
    """One line as it arrived."""

    stream: str
    start: float
    """POSIX seconds."""
    end: float
    arrived: float
    text: str


@dataclass(slots=True)
class House:
    """A running house and all it said on MQTT so far."""

    pid: int
    began: float
    """When the process was started, POSIX seconds."""
    lines: list[Heard] = field(default_factory=list)
    health: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Latest health payload per stream; the house's own under an empty name."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listening(self, streams: int) -> float:
        """Wait until that many streams stream and the engine is ready; seconds since the start."""
        async with asyncio.timeout(LISTENING_S):
            while not self._listens(streams):
                self.changed.clear()
                await self.changed.wait()
        return time.time() - self.began

    async def server_ready(self) -> None:
        """Wait until a WhisperLive server writes."""

        def ready() -> bool:
            servers = self.health.get("", {}).get("servers", [])
            return any(server["state"] == "ready" for server in servers)

        async with asyncio.timeout(LISTENING_S):
            while not ready():
                self.changed.clear()
                await self.changed.wait()

    def _listens(self, streams: int) -> bool:
        if "" not in self.health or not self.health[""]["engine_ready"]:
            return False
        states = [health.get("state") for health in self.health.values()]
        return states.count("streaming") >= streams


@asynccontextmanager
async def house(
    data: Path,
    broker_port: int,
    streams: Mapping[str, str],
    *,
    partials: bool = False,
    whisperlive: Mapping[str, Any] | None = None,
) -> AsyncIterator[House]:
    """Start `wallflower run` with `streams` (name: URL) and follow what it publishes.

    `whisperlive` are settings of that section.
    """
    settings = {
        "server": {"port": _free_port()},
        "mqtt": {"host": "127.0.0.1", "port": broker_port},
        "asr": {"model": "auto", "partials": partials, "whisperlive": dict(whisperlive or {})},
        "streams": [{"name": name, "url": url} for name, url in streams.items()],
    }
    config = data / "bench.yaml"
    config.write_text(yaml.safe_dump(settings))
    argv = [sys.executable, "-m", "wallflower", "run", "--config", str(config)]
    async with aiomqtt.Client("127.0.0.1", broker_port) as client:
        await client.subscribe("wallflower/#", qos=1)
        began = time.time()
        async with running([*argv, "--data", str(data)], stdout=False, grace_s=8.0) as process:
            running_house = House(process.pid, began)
            follow = asyncio.create_task(_follow(client, running_house), name="bench: follow")
            alive = asyncio.create_task(_alive(process), name="bench: alive")
            try:
                yield running_house
                if alive.done():
                    alive.result()
            finally:
                follow.cancel()
                alive.cancel()


async def _follow(client: aiomqtt.Client, house: House) -> None:
    async for message in client.messages:
        arrived = time.time()
        levels = str(message.topic).split("/")
        payload = bytes(message.payload or b"")
        if levels[-1] == "transcript":
            line = json.loads(payload)
            start, end = (WallTime.from_iso(line[key]).seconds for key in ("start", "end"))
            house.lines.append(Heard(levels[1], start, end, arrived, line["text"]))
        elif levels[-1] == "health" and payload:
            house.health["" if len(levels) == 2 else levels[1]] = json.loads(payload)
        house.changed.set()


async def _alive(process: Process) -> None:
    status = await process.wait()
    last = process.stderr_tail[-1] if process.stderr_tail else "it said nothing"
    raise WallflowerError(f"The house ended by itself with status {status}: {last}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
