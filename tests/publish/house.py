"""A house in memory: as the real one does, it changes first and tells the bus second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wallflower.domain.errors import NotFound
from wallflower.domain.events import (
    HouseListeningChanged,
    StreamAdded,
    StreamChanged,
    StreamHealthChanged,
    StreamRemoved,
)
from wallflower.domain.streams import StreamHealth, StreamSpec, StreamState, slug
from wallflower.runtime.bus import Bus


class MemoryHouse:
    """`HouseControl` without streams behind it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._listening = True
        self._specs: dict[str, StreamSpec] = {}
        self._health: dict[str, StreamHealth] = {}
        self.restarted: list[str] = []

    @property
    def listening(self) -> bool:
        return self._listening

    def streams(self) -> Sequence[StreamSpec]:
        return list(self._specs.values())

    def stream(self, stream_id: str) -> StreamSpec:
        if stream_id not in self._specs:
            raise NotFound(f"There is no stream {stream_id!r}.")
        return self._specs[stream_id]

    def health(self, stream_id: str) -> StreamHealth:
        self.stream(stream_id)
        return self._health[stream_id]

    async def add(self, *, name: str, url: str, area: str | None = None) -> StreamSpec:
        spec = StreamSpec(slug(name, self._specs), name, url, area=area)
        self._specs[spec.id] = spec
        self._health[spec.id] = StreamHealth(spec.id, StreamState.STREAMING)
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
        return self._store(
            replace(spec, name=name or spec.name, url=url or spec.url, area=area or spec.area)
        )

    async def remove(self, stream_id: str) -> None:
        self.stream(stream_id)
        del self._specs[stream_id]
        self._bus.publish(StreamRemoved(stream_id))

    async def start(self, stream_id: str) -> None:
        self._store(replace(self.stream(stream_id), enabled=True))

    async def stop(self, stream_id: str) -> None:
        self._store(replace(self.stream(stream_id), enabled=False))

    async def restart(self, stream_id: str) -> None:
        self.stream(stream_id)
        self.restarted.append(stream_id)

    async def set_listening(self, stream_id: str | None, on: bool) -> None:
        if stream_id is None:
            self._listening = on
            self._bus.publish(HouseListeningChanged(on))
        else:
            self._store(replace(self.stream(stream_id), listening=on))

    def fare(self, health: StreamHealth) -> None:
        """A stream does as `health` says from now on."""
        self._health[health.stream_id] = health
        self._bus.publish(StreamHealthChanged(health))

    def _store(self, spec: StreamSpec) -> StreamSpec:
        self._specs[spec.id] = spec
        self._bus.publish(StreamChanged(spec))
        return spec
