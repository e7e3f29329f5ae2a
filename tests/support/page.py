"""An open page: everything that the API's events tell, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from tests.api.sse_client import EventStream, Message
from tests.api.sse_client import listening as sse
from wallflower.domain.times import WallTime

Json = Mapping[str, Any]
T = TypeVar("T")


class Page:
    """What an open page hears: every event, in order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.ended = asyncio.Event()
        self._failure: TimeoutError | None = None
        self._grown = asyncio.Event()

    async def read(self, stream: EventStream) -> None:
        try:
            while (message := await stream.next()) is not None:
                self.messages.append(message)
                self._grown.set()
        except TimeoutError as error:
            self._failure = error
            self._grown.set()
        else:
            self.ended.set()

    def lines(self) -> list[Json]:
        news = [m.data for m in self.messages if m.event == "transcript"]
        return [new["line"] for new in news if new["kind"] == "new"]

    async def until(self, condition: Callable[[], T | None]) -> T:
        """What `condition` gives once that is not None."""
        async with asyncio.timeout(90):
            while (found := condition()) is None:
                if self._failure is not None:
                    raise TimeoutError("no event came for long") from self._failure
                self._grown.clear()
                await self._grown.wait()
            return found

    async def lines_until(self, count: int) -> list[Json]:
        return await self.until(lambda: lines if len(lines := self.lines()) >= count else None)

    async def line_since(self, start: WallTime) -> None:
        """Wait for a line that began at `start` or later."""
        await self.until(
            lambda: any(WallTime.from_iso(line["start"]) >= start for line in self.lines()) or None
        )

    async def status(self, stream_id: str, state: str) -> None:
        """Wait until the stream was in `state`, now or earlier."""

        def was_there() -> bool | None:
            told = [message.data for message in self.messages if message.event == "status"]
            states = [data["status"]["state"] for data in told if data["id"] == stream_id]
            return state in states or None

        await self.until(was_there)

    async def partial(self, words: int, since: int) -> str:
        """The first text so far of that many words among messages from number `since` on."""

        def long_enough() -> str | None:
            for message in self.messages[since:]:
                if message.event == "partial" and len(message.data["text"].split()) >= words:
                    return str(message.data["text"])
            return None

        return await self.until(long_enough)


@asynccontextmanager
async def page(client: httpx.AsyncClient) -> AsyncIterator[Page]:
    async with sse(client) as stream:
        opened = Page()
        reading = asyncio.create_task(opened.read(stream), name="page")
        try:
            yield opened
        finally:
            reading.cancel()
            await asyncio.wait((reading,))
