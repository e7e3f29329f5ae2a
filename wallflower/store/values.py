"""Small named values, such as how far MQTT has read or whether the house listens."""

from __future__ import annotations

from peewee import SqliteDatabase

from wallflower.store.connection import Connections
from wallflower.store.models import ValueRow
from wallflower.store.rows.plain import clean


class ValueTable:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, key: str) -> str | None:
        """None when it was never set."""

        def work(database: SqliteDatabase) -> str | None:
            value: str | None = (
                ValueRow.select(ValueRow.value).where(ValueRow.key == key).scalar(database)
            )
            return value

        return await self._connections.read(work)

    async def set(self, key: str, value: str) -> None:
        def work(database: SqliteDatabase) -> None:
            keep(database, key, value)

        await self._connections.write(work)


def keep(database: SqliteDatabase, key: str, value: str) -> None:
    """Set a value inside the transaction of another table."""
    ValueRow.insert(key=key, value=clean(value)).on_conflict_replace().execute(database)
