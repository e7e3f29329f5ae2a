"""A house of plain values.

The real one (`wallflower.house`) is tested with its cameras elsewhere; what the API and MQTT need
of a house is the contract of `HouseControl`, which this one keeps: it changes first and tells the
bus second, and raises what the contract says.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import replace

from wallflower.domain.errors import CaptureError, Conflict, NotFound
from wallflower.domain.events import (
    HouseListeningChanged,
    StreamAdded,
    StreamChanged,
    StreamHealthChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamHealth, StreamSpec, StreamState, slug
from wallflower.domain.urls import check_stream_url
from wallflower.runtime.bus import Bus

PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwc"
    "KDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAA"
    "AAAAAAAAAAD/2gAIAQEAAD8AKp//2Q=="
)
"""One grey pixel as JPEG."""


class MemoryHouse:
    def __init__(self, bus: Bus, state: StreamState = StreamState.CONNECTING) -> None:
        """`state` is that of new and of started streams."""
        self._bus = bus
        self._state = state
        self._specs: dict[str, StreamSpec] = {}
        self._health: dict[str, StreamHealth] = {}
        self.listening = True
        self.restarted: list[str] = []
        self.picture: bytes | CaptureError = PICTURE
        """What a snapshot shows, or why there is none."""
        self.looked: list[tuple[str, int | None]] = []
        """The stream and width of each snapshot."""
        self.gate: asyncio.Event | None = None
        """When there is one, `stop` waits for it half-way."""
        self.at_gate = asyncio.Event()

    def streams(self) -> Sequence[StreamSpec]:
        return list(self._specs.values())

    def stream(self, stream_id: str) -> StreamSpec:
        if stream_id not in self._specs:
            raise NotFound(f"There is no stream {stream_id!r}.")
        return self._specs[stream_id]

    def health(self, stream_id: str) -> StreamHealth:
        self.stream(stream_id)
        return self._health[stream_id]

    def report(self, health: StreamHealth) -> None:
        """A stream does as `health` says from now on."""
        self._health[health.stream_id] = health
        self._bus.publish(StreamHealthChanged(health))

    async def add(self, *, name: str, url: str, area: str | None = None) -> StreamSpec:
        check_stream_url(url)
        self._refuse_taken(name)
        spec = StreamSpec(slug(name, self._specs), name, url, area=area)
        self._specs[spec.id] = spec
        self._health[spec.id] = StreamHealth(spec.id, self._state)
        self._bus.publish(StreamAdded(spec))
        return spec

    async def change(
        self,
        stream_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        area: str | None = None,
    ) -> StreamSpec:
        spec = self.stream(stream_id)
        if url is not None:
            check_stream_url(url)
        if name is not None and name != spec.name:
            self._refuse_taken(name)
        given = {"name": name, "url": url, "area": area}
        return self._set(stream_id, **{k: v for k, v in given.items() if v is not None})

    async def remove(self, stream_id: str) -> None:
        self.stream(stream_id)
        del self._specs[stream_id], self._health[stream_id]
        self._bus.publish(StreamRemoved(stream_id))

    async def start(self, stream_id: str) -> None:
        self._set(stream_id, enabled=True)
        self.report(StreamHealth(stream_id, self._state))

    async def stop(self, stream_id: str) -> None:
        self.stream(stream_id)
        if self.gate is not None:
            self.at_gate.set()
            await self.gate.wait()
        self._set(stream_id, enabled=False)
        self.report(StreamHealth(stream_id, StreamState.STOPPED))

    async def restart(self, stream_id: str) -> None:
        self.stream(stream_id)
        self.restarted.append(stream_id)

    async def snapshot(self, stream_id: str, *, width: int | None = None) -> bytes:
        spec = self.stream(stream_id)
        if not (spec.enabled and spec.listening and self.listening):
            raise Conflict("There is no picture of a stream that is muted or stopped.")
        self.looked.append((stream_id, width))
        if isinstance(self.picture, CaptureError):
            raise self.picture
        return self.picture

    async def set_listening(self, stream_id: str | None, on: bool) -> None:
        if stream_id is None:
            self.listening = on
            self._bus.publish(HouseListeningChanged(on))
        else:
            self._set(stream_id, listening=on)

    def _set(self, stream_id: str, **changes: str | bool) -> StreamSpec:
        spec = replace(self.stream(stream_id), **changes)  # type: ignore[arg-type]
        self._specs[stream_id] = spec
        self._bus.publish(StreamChanged(spec))
        return spec

    def _refuse_taken(self, name: str) -> None:
        if any(spec.name.casefold() == name.casefold() for spec in self._specs.values()):
            raise Conflict(f"A stream is called {name!r} already; choose another name.")
