"""A client of server-sent events that keeps the last id as a browser does."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE_S = 30.0
"""Much: that a machine is slow is no fault of ours."""


@dataclass(frozen=True)
class Message:
    event: str
    data: Any
    id: str | None
    """Only when this very message carried one."""


class EventStream:
    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self.last_event_id: str | None = None
        self.comments = 0
        self._lines = response.aiter_lines()

    async def next(self) -> Message | None:
        """The next message with data; None when the server ended the stream."""
        async with asyncio.timeout(PATIENCE_S):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                else:
                    self.last_event_id = fields.get("id", self.last_event_id)
                    if "data" in fields:
                        data = json.loads(fields["data"])
                        return Message(fields.get("event", "message"), data, fields.get("id"))
                    fields = {}
            return None

    async def until(self, event: str) -> Message:
        """The next `event`, passing over others. Fails when the stream ends first."""
        while (message := await self.next()) is not None:
            if message.event == event:
                return message
        raise AssertionError(f"the stream ended before a {event!r}")

    async def comment(self) -> None:
        """Wait for the next comment."""
        async with asyncio.timeout(PATIENCE_S):
            async for line in self._lines:
                if line.startswith(":"):
                    return
        raise AssertionError("the stream ended before a comment")


@contextlib.asynccontextmanager
async def listening(
    client: httpx.AsyncClient,
    path: str = "/api/events",
    *,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[EventStream]:
    """Connected, with the `hello` not yet read."""
    async with client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, (await response.aread()).decode()
        yield EventStream(response)
