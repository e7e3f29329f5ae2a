"""The streams as their owner configured them."""

from __future__ import annotations

from typing import Any

from peewee import IntegrityError, SqliteDatabase

from wallflower.domain.errors import Conflict, NotFound
from wallflower.domain.streams import StreamSpec
from wallflower.store.connection import Connections
from wallflower.store.models import StreamRow
from wallflower.store.rows.plain import clean, folded


class StreamTable:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def all(self) -> list[StreamSpec]:
        """In the order they were added."""

        def work(database: SqliteDatabase) -> list[StreamSpec]:
            rows = StreamRow.select().order_by(StreamRow.position).dicts().execute(database)
            return [_spec(row) for row in rows]

        return await self._connections.read(work)

    async def add(self, spec: StreamSpec) -> None:
        """Raises `Conflict` when its id or name is in use; names differ by more than case."""

        def work(database: SqliteDatabase) -> None:
            try:
                StreamRow.insert(**_columns(spec)).execute(database)
            except IntegrityError as error:
                raise _conflict(spec, error) from error

        await self._connections.write(work)

    async def update(self, spec: StreamSpec) -> None:
        """Replace the stream with this id. Raises `NotFound`, or `Conflict` on a name in use."""

        def work(database: SqliteDatabase) -> None:
            update = StreamRow.update(**_columns(spec)).where(StreamRow.id == spec.id)
            try:
                changed = update.execute(database)
            except IntegrityError as error:
                raise _conflict(spec, error) from error
            if not changed:
                raise _unknown(spec.id)

        await self._connections.write(work)

    async def remove(self, stream_id: str) -> None:
        """Forget the stream; its lines stay. Raises `NotFound`."""

        def work(database: SqliteDatabase) -> None:
            if not StreamRow.delete().where(StreamRow.id == stream_id).execute(database):
                raise _unknown(stream_id)

        await self._connections.write(work)


def _conflict(spec: StreamSpec, error: IntegrityError) -> Conflict:
    if "stream.name_folded" in str(error):
        return Conflict(f"Another stream is called {spec.name!r} already; choose another name.")
    return Conflict(f"Another stream has the id {spec.id!r} already; choose another one.")


def _unknown(stream_id: str) -> NotFound:
    return NotFound(f"There is no stream {stream_id!r}.")


def _columns(spec: StreamSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "name": clean(spec.name),
        "name_folded": folded(spec.name),
        "url": clean(spec.url),
        "enabled": spec.enabled,
        "listening": spec.listening,
        "area": spec.area and clean(spec.area),
    }


def _spec(row: dict[str, Any]) -> StreamSpec:
    return StreamSpec(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        enabled=bool(row["enabled"]),
        listening=bool(row["listening"]),
        area=row["area"],
    )
