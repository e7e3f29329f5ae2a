"""The streams of this appliance, kept in the store and running as tasks of the app."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Final

from wallflower.domain.errors import BadInput, Conflict, NotFound
from wallflower.domain.events import (
    HouseListeningChanged,
    StreamAdded,
    StreamChanged,
    StreamRemoved,
)
from wallflower.domain.streams import RESERVED_ID, StreamHealth, StreamSpec, slug
from wallflower.domain.urls import check_stream_url
from wallflower.house.runner import StreamRunner
from wallflower.pipeline import Shared
from wallflower.runtime.health import Health
from wallflower.store import Store

LISTENING_KEY: Final = "house.listening"
NAME_CHARACTERS: Final = 80


class House:
    """`wallflower.domain.control.HouseControl` for real. One event loop only."""

    def __init__(
        self, store: Store, shared: Shared, health: Health, tasks: asyncio.TaskGroup
    ) -> None:
        self._store = store
        self._shared = shared
        self._health = health
        self._tasks = tasks
        self._runners: dict[str, StreamRunner] = {}
        self._listening = True
        # Changes of streams are rare; one at a time keeps memory and store alike.
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Start every stream the store knows."""
        self._listening = await self._store.values.get(LISTENING_KEY) != "OFF"
        for spec in await self._store.streams.all():
            self._start(spec)

    async def close(self) -> None:
        """Stop all streams together and write down what was said last."""
        async with self._changing:
            await asyncio.gather(*(runner.stop() for runner in self._runners.values()))
            self._runners.clear()

    @property
    def listening(self) -> bool:
        return self._listening

    def streams(self) -> Sequence[StreamSpec]:
        return [runner.spec for runner in self._runners.values()]

    def stream(self, stream_id: str) -> StreamSpec:
        return self._runner(stream_id).spec

    def health(self, stream_id: str) -> StreamHealth:
        return self._runner(stream_id).health

    async def add(self, *, name: str, url: str, area: str | None = None) -> StreamSpec:
        check_stream_url(url)
        async with self._changing:
            name = self._free_name(name)
            spec = StreamSpec(slug(name, {*self._runners, RESERVED_ID}), name, url, area=area)
            await self._store.streams.add(spec)
            self._start(spec)
        self._shared.bus.publish(StreamAdded(spec))
        return spec

    async def change(
        self,
        stream_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        area: str | None = None,
    ) -> StreamSpec:
        if url is not None:
            check_stream_url(url)
        async with self._changing:
            spec = self.stream(stream_id)
            if name is not None:
                spec = dataclasses.replace(spec, name=self._free_name(name, but=stream_id))
            if url is not None:
                spec = dataclasses.replace(spec, url=url)
            if area is not None:
                spec = dataclasses.replace(spec, area=area.strip() or None)
            await self._keep(spec)
        return spec

    async def remove(self, stream_id: str) -> None:
        async with self._changing:
            runner = self._runner(stream_id)
            await self._store.streams.remove(stream_id)
            del self._runners[stream_id]
            await runner.stop()
            if self._shared.speakers is not None:
                self._shared.speakers.forget(stream_id)
        self._shared.bus.publish(StreamRemoved(stream_id))

    async def start(self, stream_id: str) -> None:
        await self._switch(stream_id, enabled=True)
        # Also for a stream that is enabled but parked or waiting: a person asked.
        if not self.health(stream_id).online:
            self._runner(stream_id).retry()

    async def stop(self, stream_id: str) -> None:
        await self._switch(stream_id, enabled=False)

    async def restart(self, stream_id: str) -> None:
        await self._switch(stream_id, enabled=True)
        self._runner(stream_id).retry()

    async def snapshot(self, stream_id: str, *, width: int | None = None) -> bytes:
        return await self._runner(stream_id).look(width)

    async def set_listening(self, stream_id: str | None, on: bool) -> None:
        if stream_id is not None:
            async with self._changing:
                await self._keep(dataclasses.replace(self.stream(stream_id), listening=on))
            return
        async with self._changing:
            await self._store.values.set(LISTENING_KEY, "ON" if on else "OFF")
            self._listening = on
            for runner in self._runners.values():
                runner.change(runner.spec, house_listening=on)
        self._shared.bus.publish(HouseListeningChanged(on))

    async def _switch(self, stream_id: str, *, enabled: bool) -> None:
        async with self._changing:
            spec = self.stream(stream_id)
            if spec.enabled != enabled:
                await self._keep(dataclasses.replace(spec, enabled=enabled))

    async def _keep(self, spec: StreamSpec) -> None:
        """Store a changed spec, then let it act, then tell."""
        await self._store.streams.update(spec)
        self._runner(spec.id).change(spec, house_listening=self._listening)
        self._shared.bus.publish(StreamChanged(spec))

    def _start(self, spec: StreamSpec) -> None:
        runner = StreamRunner(
            spec, house_listening=self._listening, shared=self._shared, health=self._health
        )
        self._runners[spec.id] = runner
        runner.start(self._tasks)

    def _runner(self, stream_id: str) -> StreamRunner:
        try:
            return self._runners[stream_id]
        except KeyError:
            raise NotFound(f"There is no stream {stream_id!r}.") from None

    def _free_name(self, name: str, but: str | None = None) -> str:
        name = " ".join(name.split())
        if not name:
            raise BadInput("A stream needs a name.")
        if len(name) > NAME_CHARACTERS:
            raise BadInput(f"A stream's name has at most {NAME_CHARACTERS} characters.")
        for spec in self.streams():
            if spec.id != but and spec.name.casefold() == name.casefold():
                raise Conflict(f"Another stream is named {spec.name!r}; choose another name.")
        return name
