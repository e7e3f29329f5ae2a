"""The streams as their owner configured them."""

from __future__ import annotations

from peewee import IntegrityError, SqliteDatabase

from wallflower.domain.errors import Conflict, NotFound
from wallflower.domain.streams import StreamSpec
from wallflower.store.connection import Connections
from wallflower.store.models import StreamRow
from wallflower.store.rows import stream_columns, stream_from


class StreamTable:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def all(self) -> list[StreamSpec]:
        """In the order they were added."""

        def work(database: SqliteDatabase) -> list[StreamSpec]:
            rows = StreamRow.select().order_by(StreamRow.position).dicts().execute(database)
            return [stream_from(row) for row in rows]

        return await self._connections.read(work)

    async def add(self, spec: StreamSpec) -> None:
        """Raises `Conflict` when its id or name is in use; names differ by more than case."""

        def work(database: SqliteDatabase) -> None:
            try:
                StreamRow.insert(**stream_columns(spec)).execute(database)
            except IntegrityError as error:
                raise _conflict(spec, error) from error

        await self._connections.write(work)

    async def update(self, spec: StreamSpec) -> None:
        """Replace the stream with this id. Raises `NotFound`, or `Conflict` on a name in use."""

        def work(database: SqliteDatabase) -> None:
            update = StreamRow.update(**stream_columns(spec)).where(StreamRow.id == spec.id)
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
