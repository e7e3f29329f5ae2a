"""What people without a name sound like, where nothing of it may be kept.

Then it lives in memory until Wallflower stops. A transaction that needs it (a person names such a
voice, or looks at its lines) borrows it into the tables, and gives back, before it is committed,
what still belongs to strangers: on the disk is only what people with a name sound like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from peewee import SqliteDatabase

from wallflower.store.connection import Connections

R = TypeVar("R")

LINES: Final = 300
"""So many of the youngest lines without a named speaker are remembered: about a megabyte."""

_Rows = dict[tuple[Any, ...], dict[str, Any]]

_LINES_OF_KNOWN: Final = (
    "SELECT line.id FROM line JOIN voice ON voice.id = line.speaker_id WHERE voice.known"
)

_TABLES: Final = {
    # Columns that tell rows apart, and whose rows are strangers'.
    "voice_print": (
        ("voice_id", "encoder", "stream_id"),
        "voice_id NOT IN (SELECT id FROM voice WHERE known)",
        "EXISTS (SELECT 1 FROM voice WHERE id = ?)",
    ),
    "line_print": (
        ("line_id",),
        f"line_id NOT IN ({_LINES_OF_KNOWN})",
        "EXISTS (SELECT 1 FROM line WHERE id = ?)",
    ),
}


class Strangers:
    """Reads and writes of tables that hold prints go through here."""

    def __init__(self, connections: Connections, *, kept: bool) -> None:
        self._connections = connections
        self._kept = kept
        # Only ever touched by the writer's thread.
        self._rows: dict[str, _Rows] = {table: {} for table in _TABLES}

    async def read(self, work: Callable[[SqliteDatabase], R]) -> R:
        """Run `work`, which sees what strangers sound like, too."""
        if self._kept:
            return await self._connections.read(work)

        def run(database: SqliteDatabase) -> R:
            self._lend(database)
            return work(database)

        return await self._connections.rehearse(run)

    async def write(self, work: Callable[[SqliteDatabase], R], *, lend: bool = False) -> R:
        """Run `work` in one transaction; `lend`: it sees what strangers sound like."""
        if self._kept:
            return await self._connections.write(work)

        def run(database: SqliteDatabase) -> R:
            if lend:
                self._lend(database)
            result = work(database)
            self._take_back(database, lent=lend)
            return result

        return await self._connections.write(run)

    def _lend(self, database: SqliteDatabase) -> None:
        for table, rows in self._rows.items():
            _, _, there = _TABLES[table]
            for key, row in rows.items():
                # Lines and voices may have gone since.
                database.execute_sql(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) "
                    f"SELECT {', '.join('?' * len(row))} WHERE {there}",
                    (*row.values(), key[0]),
                )

    def _take_back(self, database: SqliteDatabase, *, lent: bool) -> None:
        for table, (key, strange, _) in _TABLES.items():
            found = database.execute_sql(f"SELECT * FROM {table} WHERE {strange}")  # noqa: S608
            names = [column[0] for column in found.description]
            rows: _Rows = {} if lent else dict(self._rows[table])
            for values in found.fetchall():
                row = dict(zip(names, values, strict=True))
                # Another row may have the id of a row that was given back.
                row.pop("id", None)
                rows[tuple(row[name] for name in key)] = row
            self._rows[table] = rows
        self._rows["line_print"] = dict(sorted(self._rows["line_print"].items())[-LINES:])
        forget_strangers(database)


def forget_strangers(database: SqliteDatabase) -> int:
    """Delete what people who are not named sound like; how many rows that were."""
    gone = 0
    for table, (_, strange, _) in _TABLES.items():
        gone += database.execute_sql(f"DELETE FROM {table} WHERE {strange}").rowcount  # noqa: S608
    # Of voices that are gone, too: an undo would bring them back.
    for table in ("sample", "correction_print"):
        gone += database.execute_sql(
            f"DELETE FROM {table} WHERE voice_id NOT IN "  # noqa: S608
            "(SELECT id FROM voice WHERE known)"
        ).rowcount
    return gone
