"""A server that does as it is told.

It stands for the real one, which cannot be made to hang, to be slow, or to be full on command;
what it says was taken from recordings of the real one (`recorded/`). The real one has tests of its
own in `test_real.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import numpy as np
import numpy.typing as npt
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from wallflower.domain.times import SAMPLE_RATE

WAIT_S = 30.0
"""Ends a test that fails."""

Sound = npt.NDArray[np.float32]


class Client:
    """One connection as the server sees it."""

    def __init__(
        self, connection: ServerConnection, number: int, changed: Callable[[], None]
    ) -> None:
        self.connection = connection
        self._changed = changed
        self.number = number
        """Counts the connections from 1."""
        self.hello: dict[str, Any] = {}
        self.sounds: list[tuple[float, Sound]] = []
        """When it begins on the connection, in seconds, and the samples."""
        self.ended = False
        self._seconds = 0.0

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps({"uid": self.hello["uid"], **message}))

    async def ready(self) -> None:
        await self.say(message="SERVER_READY", backend="faster_whisper")

    async def write(self, text: str, *, completed: bool = False, words: bool = True) -> None:
        """`text` for all of the newest sound but its silence."""
        start_s, sound = self.sounds[-1]
        loud = np.flatnonzero(sound)
        first_s, last_s = start_s + loud[0] / SAMPLE_RATE, start_s + loud[-1] / SAMPLE_RATE
        await self.say(segments=[segment(text, first_s, last_s, completed=completed, words=words)])

    async def sound(self) -> Sound | None:
        """The next sound; None once the client said goodbye or is gone."""
        try:
            data = await self.connection.recv()
        except ConnectionClosed:
            return None
        assert isinstance(data, bytes), "text frames after the opening are an error"
        if data == b"END_OF_AUDIO":
            self.ended = True
            self._changed()
            return None
        sound = np.frombuffer(data, np.float32)
        self.sounds.append((self._seconds, sound))
        self._seconds += len(sound) / SAMPLE_RATE
        self._changed()
        return sound


def segment(
    text: str, start_s: float, end_s: float, *, completed: bool = False, words: bool = True
) -> dict[str, Any]:
    """As the real server writes one, its words evenly spread."""
    parts = text.split()
    step_s = (end_s - start_s) / max(1, len(parts))
    written: dict[str, Any] = {
        "start": f"{start_s:.3f}",
        "end": f"{end_s:.3f}",
        "text": f" {text}",
        "completed": completed,
    }
    if words:
        written["words"] = [
            {
                "word": f" {part}",
                "start": f"{start_s + step_s * number:.3f}",
                "end": f"{start_s + step_s * (number + 1):.3f}",
                "probability": 0.9,
            }
            for number, part in enumerate(parts)
        ]
    return written


Behaviour = Callable[[Client], Awaitable[None]]


class Scripted:
    """The server; `clients` are all there ever were."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.clients: list[Client] = []
        self.token: str | None = None
        self.listening: Server
        self._port = 0
        self._scheme = "ws"
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self._port}"

    @property
    def name(self) -> str:
        return f"localhost:{self._port}"

    @property
    def asked(self) -> list[Client]:
        """The connections that came with an opening message: others only looked."""
        return [client for client in self.clients if client.hello]

    @property
    def sounds(self) -> list[Sound]:
        return [sound for client in self.clients for _, sound in client.sounds]

    def changed(self) -> None:
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; looked at whenever something happened here."""
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _serve(self, connection: ServerConnection) -> None:
        client = Client(connection, len(self.clients) + 1, self.changed)
        self.clients.append(client)
        with contextlib.suppress(ConnectionClosed):
            client.hello = json.loads(await connection.recv())
            self.changed()
            await self.behaviour(client)
        self.changed()

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "Unauthorized\n")
        return None


@contextlib.asynccontextmanager
async def scripted(behaviour: Behaviour, *, ssl: Any = None) -> AsyncIterator[Scripted]:
    server = Scripted(behaviour)
    server.listening = await serve(
        server._serve, "localhost", 0, process_request=server._check, ssl=ssl, compression=None
    )
    async with server.listening:
        server._port = next(iter(server.listening.sockets)).getsockname()[1]
        server._scheme = "wss" if ssl else "ws"
        yield server


def typist(text: Callable[[Client], str] = lambda _client: "hello there") -> Behaviour:
    """Writes at once, as the real one does: once unfinished, again and again, then finished."""

    async def write(client: Client) -> None:
        await client.ready()
        while await client.sound() is not None:
            await client.write(text(client))
            await client.write(text(client), completed=True, words=False)

    return write


async def mute(client: Client) -> None:
    """Takes sound, answers pings, writes nothing."""
    await client.ready()
    while await client.sound() is not None:
        pass


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds."""
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - nobody tells of what is looked at here
            await asyncio.sleep(0)
