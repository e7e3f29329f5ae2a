"""The real Mosquitto on a port of its own, and clients that wait for what they expect.

Every wait here is for something that happens (a line in the broker's log, a message), never for
time to pass; the time limits only end a test that fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import pytest

from tests.support.waiting import grown_until
from wallflower.runtime.process import Process, running

HOST = "127.0.0.1"
WAIT_S = 30.0
MARKER = "test-marker"


class Mosquitto:
    """A broker that can be killed and started again on the same port."""

    def __init__(self, program: str, config: Path, port: int) -> None:
        self.host = HOST
        self.port = port
        self._argv = [program, "-c", str(config)]
        self._stack = contextlib.AsyncExitStack()
        self._process: Process | None = None
        self._log: list[str] = []
        self._grown = asyncio.Event()

    async def start(self) -> None:
        """Return once it listens."""
        self._log.clear()
        program = running(self._argv, on_stderr=self._note, stdout=False)
        self._process = await self._stack.enter_async_context(program)
        await self.logged(r"mosquitto version \S+ running")

    async def stop(self) -> None:
        """SIGTERM: the broker says goodbye to nobody."""
        await self._stack.aclose()
        self._process = None

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._signal(signal.SIGKILL)
        await self.stop()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    async def logged(self, pattern: str) -> str:
        """The first line of its log (since `start`) that `pattern` is found in, waited for."""
        async with asyncio.timeout(WAIT_S):
            while True:
                self._grown.clear()
                for line in self._log:
                    if re.search(pattern, line):
                        return line
                await self._grown.wait()

    def _note(self, line: str) -> None:
        self._log.append(line)
        self._grown.set()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("the broker does not run")
        os.kill(self._process.pid, number)


@contextlib.asynccontextmanager
async def mosquitto(
    folder: Path,
    *,
    users: Mapping[str, str] | None = None,
    acl: Sequence[str] = (),
    options: Sequence[str] = (),
    start: bool = True,
) -> AsyncIterator[Mosquitto]:
    """A Mosquitto with its files in `folder`; skips the test where it is not installed.

    `users`: passwords by user name (None: anybody may come in). `acl`: lines of its access
    control file. `options`: more lines of its configuration; those of the listener may follow.
    """
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("Mosquitto is not installed: apt-get install mosquitto")
    port = free_port()
    lines = ["persistence false", "log_dest stderr", "log_type all", "max_queued_messages 0"]
    if os.geteuid() == 0:
        lines.append("user root")  # else it changes to a user that cannot read our folder
    lines += [f"listener {port} {HOST}", f"allow_anonymous {str(users is None).lower()}"]
    if users is not None:
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for name, password in users.items():
            command = ["mosquitto_passwd", "-b", str(passwords), name, password]
            await asyncio.to_thread(subprocess.run, command, check=True)
        lines.append(f"password_file {passwords}")
    if acl:
        rules = folder / "acl"
        rules.write_text("\n".join(acl) + "\n")
        rules.chmod(0o600)
        lines.append(f"acl_file {rules}")
    config = folder / "mosquitto.conf"
    config.write_text("\n".join([*lines, *options]) + "\n")
    broker = Mosquitto(program, config, port)
    try:
        if start:
            await broker.start()
        yield broker
    finally:
        await broker.stop()


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Received:
    topic: str
    payload: str
    retain: bool
    """True: it was at the broker before this client came."""


class Listener:
    """A client that keeps everything it receives, in order."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.received: list[Received] = []
        self._grown = asyncio.Event()
        self._markers: set[str] = set()

    def on(self, topic: str) -> list[str]:
        """Payloads received so far whose topic is, or by `#` and `+` matches, `topic`."""
        if "+" not in topic and "#" not in topic:
            return [m.payload for m in self.received if m.topic == topic]
        return [m.payload for m in self.received if aiomqtt.Topic(m.topic).matches(topic)]

    async def until(self, condition: Callable[[Listener], bool]) -> None:
        """Wait until `condition` holds; `TimeoutError` with what came instead."""
        await grown_until(
            self._grown,
            lambda: condition(self),
            wait_s=WAIT_S,
            have=lambda: "\n".join(map(str, self.received)),
        )

    async def payloads(self, topic: str, count: int) -> list[str]:
        """The payloads on `topic` once there are at least `count`."""
        await self.until(lambda me: len(me.on(topic)) >= count)
        return self.on(topic)

    async def settled(self) -> None:
        """Wait until everything that the broker had for us before this call is here."""
        marker = f"{MARKER}/{id(self)}/{len(self._markers)}"
        await self.client.publish(marker, b"", qos=1)
        await self.until(lambda me: marker in me._markers)

    async def _collect(self) -> None:
        async for message in self.client.messages:
            topic = message.topic.value
            if topic.startswith(MARKER):
                self._markers.add(topic)
            else:
                payload = bytes(message.payload).decode(errors="replace")
                self.received.append(Received(topic, payload, message.retain))
            self._grown.set()


@contextlib.asynccontextmanager
async def listening(
    port: int,
    topic: str = "#",
    *,
    username: str | None = None,
    password: str | None = None,
    settle: bool = True,
) -> AsyncIterator[Listener]:
    """A client subscribed to `topic`, with all retained messages there already received.

    `settle=False`: not waited for, where the broker forbids the topic of our markers.
    """
    async with aiomqtt.Client(HOST, port, username=username, password=password) as client:
        listener = Listener(client)
        collecting = asyncio.create_task(listener._collect(), name="mqtt listener")
        await client.subscribe([(topic, 1), (f"{MARKER}/#", 1)])
        if settle:
            await listener.settled()
        try:
            yield listener
        finally:
            collecting.cancel()
            # A broker that was killed in the test ended it first.
            await asyncio.gather(collecting, return_exceptions=True)


async def retained(port: int, topic: str = "#") -> dict[str, str]:
    """What the broker keeps, by topic."""
    async with listening(port, topic) as listener:
        return {m.topic: m.payload for m in listener.received if m.retain}
